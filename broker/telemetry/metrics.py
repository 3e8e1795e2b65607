"""Every metric: its name, what it means, and its labels, all of few possible values.

No label holds anything of a person: routes are the table's templates, providers and algorithms are
configured names, errors are registered codes. The page in the reference is made from this list.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge", "histogram"]

REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
CALL_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)


@dataclass(frozen=True, slots=True)
class Metric:
    """`labels` with what they can say; `buckets` of a histogram, in seconds."""

    name: str
    kind: Kind
    help: str
    labels: tuple[tuple[str, str], ...] = ()
    buckets: tuple[float, ...] = ()

    @property
    def label_names(self) -> tuple[str, ...]:
        """The labels, in order."""
        return tuple(name for name, _ in self.labels)


_PROVIDER = ("provider", "its name in the configuration")
_PROCESS = ("process", "`supervisor`, or `worker-1` and on")

REQUESTS = Metric(
    "farstu_request_duration_seconds",
    "histogram",
    "How long requests took; its count is how many there were.",
    (
        ("route", "the template in the table of paths, such as `/callback/{provider}`; or `none`"),
        ("method", "`GET`, `HEAD`, `POST`, or `other`"),
        ("status", "`2xx` to `5xx`; `gone` when nobody waited for the answer"),
    ),
    REQUEST_SECONDS,
)
UNDER_WAY = Metric("farstu_requests_under_way", "gauge", "Requests that are being answered now.")
SHED = Metric(
    "farstu_requests_shed_total", "counter", "Requests that were answered 503 for overload."
)
LOGINS_BEGUN = Metric(
    "farstu_logins_begun_total", "counter", "Browsers that were sent to a provider.", (_PROVIDER,)
)
LOGINS_COMPLETED = Metric(
    "farstu_logins_completed_total",
    "counter",
    "Logins that ended with a code for the client.",
    (_PROVIDER, ("how", "`first` time with numbers, `again`, or by `session` alone")),
)
VERIFICATIONS = Metric(
    "farstu_verifications_total",
    "counter",
    "Tries to prove a customer.",
    (
        ("outcome", "`linked`, `no_match`, `wait`, `more_evidence`, `early` or `mistyped`"),
        ("evidence", "what was given: `invoice`, `second_item` or `code`"),
    ),
)
PRESSED = Metric(
    "farstu_verifications_pressed_total",
    "counter",
    "Tries that met more than usual because of what others failed.",
    (
        ("outcome", "`more_evidence` or `early`"),
        ("cause", "failures on one `customer`, one `invoice`, of `everybody`, from a `network`"),
    ),
)
PRESSURE = Metric(
    "farstu_pressure_failures",
    "gauge",
    "Failed tries of everybody in the last 24 hours, as of a minute ago at most. Every worker of "
    "every machine says the same.",
    (("evidence", "`any`, or `second_item` for those with more than the two numbers"),),
)
PRESSURE_THRESHOLD = Metric(
    "farstu_pressure_threshold_failures",
    "gauge",
    "From how many of them on everybody is asked for the second item.",
)
CODES = Metric(
    "farstu_codes_wished_total",
    "counter",
    "Codes that customers, or whoever said so, asked for.",
    (
        ("medium", "`message` or `letter`"),
        (
            "outcome",
            "`sent`, or why not (`docs/reference/log.md`, `code_withheld`)",
        ),
    ),
)
CODES_REDEEMED = Metric(
    "farstu_codes_redeemed_total", "counter", "Codes for which a client got its tokens."
)
TOKEN_REFUSALS = Metric(
    "farstu_token_requests_refused_total",
    "counter",
    "Requests to `/token` that were refused.",
    (("error", "the registered code, such as `invalid_grant`"),),
)
TOKENS = Metric(
    "farstu_tokens_issued_total",
    "counter",
    "Signed tokens that clients got.",
    (("kind", "`access` or `id`"), ("algorithm", "such as `ES256`")),
)
CALLS = Metric(
    "farstu_upstream_call_duration_seconds",
    "histogram",
    "How long calls to a provider took, a second try included.",
    (
        _PROVIDER,
        ("endpoint", "`discovery`, `keys`, `token` or `profile`"),
        (
            "outcome",
            "`ok`; `rejected` with 4xx; `unusable` answer; `unavailable`; `cancelled`: none waited",
        ),
    ),
    CALL_SECONDS,
)
STORAGE_FAILURES = Metric(
    "farstu_storage_failures_total",
    "counter",
    "What failed because storage did not answer.",
    (("during", "`request`, `chore`, or `following` the changes of other workers"),),
)
NOTICES = Metric(
    "farstu_notices_total",
    "counter",
    "Tries to send a message to a customer, and what came of them.",
    (
        (
            "outcome",
            "`sent`, `delayed`, `given_up`, `withheld` (protected customer), `unreadable`",
        ),
        ("channel", "`smtp`, `webhook`, `folder`; `none` where it did not come so far"),
    ),
)
OUTBOX_WAITING = Metric(
    "farstu_outbox_waiting_messages",
    "gauge",
    "Messages to customers that have not left, as of a minute ago at most. Every worker of every "
    "machine says the same.",
)
OUTBOX_AGE = Metric(
    "farstu_outbox_oldest_seconds",
    "gauge",
    "How long the oldest of them has waited; 0 when there is none.",
)
CHORES = Metric(
    "farstu_chore_runs_total",
    "counter",
    "Turns of periodic work; of the outbox's, those in which something was due.",
    (("chore", "its name, such as `purge`"), ("outcome", "`done` or `failed`")),
)
EVENTS = Metric(
    "farstu_log_events_total",
    "counter",
    "Log lines of our own events.",
    (("kind", "as `event` in the line"), ("level", "`info`, `warning` or `error`")),
)
BUILD = Metric(
    "farstu_build_info", "gauge", "Always 1; the version that runs.", (("version", "our own"),)
)
PROCESS = (
    Metric(
        "farstu_process_resident_memory_bytes",
        "gauge",
        "Memory that the process holds, shared pages included.",
        (_PROCESS,),
    ),
    Metric(
        "farstu_process_cpu_seconds_total",
        "counter",
        "Processor time, user and system.",
        (_PROCESS,),
    ),
    Metric("farstu_process_open_fds", "gauge", "Open files and connections.", (_PROCESS,)),
    Metric(
        "farstu_process_start_time_seconds",
        "gauge",
        "When the process began, in seconds since 1970.",
        (_PROCESS,),
    ),
)

METRICS = (
    REQUESTS,
    UNDER_WAY,
    SHED,
    LOGINS_BEGUN,
    LOGINS_COMPLETED,
    VERIFICATIONS,
    PRESSED,
    PRESSURE,
    PRESSURE_THRESHOLD,
    CODES,
    CODES_REDEEMED,
    TOKEN_REFUSALS,
    TOKENS,
    CALLS,
    STORAGE_FAILURES,
    NOTICES,
    OUTBOX_WAITING,
    OUTBOX_AGE,
    CHORES,
    EVENTS,
    BUILD,
    *PROCESS,
)
"""All of them, in the order of the page."""

_HEAD = """\
# Metrics

For Prometheus, at `/metrics` on `telemetry.metrics_host` and `telemetry.metrics_port`: the
operator's own port, never the public one. With several workers, the supervisor answers for all of
them. Counters begin at 0 when the broker starts. A series with labels is there from its first event
on; those of warnings, errors and storage failures from the start, so that the first one is seen.

This page is made from the program by `farstu config reference --write`.
"""


def metrics_page() -> str:
    """Return the page of all metrics, in Markdown."""
    return "\n".join([_HEAD, *(_section(metric) for metric in METRICS)])


def _section(metric: Metric) -> str:
    labels = [f"- `{name}`: {values}" for name, values in metric.labels]
    return (
        "\n".join(
            [f"## `{metric.name}`", "", f"{metric.kind}. {metric.help}", "", *labels]
        ).rstrip()
        + "\n"
    )
