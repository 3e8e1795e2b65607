"""What happens becomes numbers: of few labels, and nothing of a person."""

import subprocess
import sys

import pytest
from prometheus_client import CollectorRegistry

from broker.app.doors import house as rooms_of
from broker.app.serving import assemble
from broker.telemetry import metrics
from broker.telemetry.codes import CodeDispatched, CodeWithheld
from broker.telemetry.counting import Counting
from broker.telemetry.log import (
    ChoreDone,
    ChoreFailed,
    Event,
    RequestRefused,
    StorageDown,
    VerificationTried,
)
from broker.telemetry.logins import CodeRedeemed, LoginBegun, LoginCompleted
from broker.telemetry.notices import (
    NoticeDelayed,
    NoticeGivenUp,
    NoticeSent,
    NoticeUnreadable,
    NoticeWithheld,
)
from tests.house import TestHouse


class Kept:
    """A log that keeps."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def write(self, event: Event) -> None:
        self.events.append(event)


def _value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, labels)


COUNTED: list[tuple[Event, str, dict[str, str]]] = [
    (RequestRefused("/flow", "busy"), "farstu_requests_shed_total", {}),
    (
        RequestRefused("/token", "invalid_grant"),
        "farstu_token_requests_refused_total",
        {"error": "invalid_grant"},
    ),
    (LoginBegun("google", "portal", "l1"), "farstu_logins_begun_total", {"provider": "google"}),
    (
        LoginCompleted("google", "portal", "first", "l1"),
        "farstu_logins_completed_total",
        {"provider": "google", "how": "first"},
    ),
    (
        VerificationTried("no_match", "second_item", "", "portal", "l1"),
        "farstu_verifications_total",
        {"outcome": "no_match", "evidence": "second_item"},
    ),
    (
        VerificationTried("early", "invoice", "network", "portal", "l1"),
        "farstu_verifications_pressed_total",
        {"outcome": "early", "cause": "network"},
    ),
    (
        CodeDispatched("letter"),
        "farstu_codes_wished_total",
        {"medium": "letter", "outcome": "sent"},
    ),
    (
        CodeWithheld("message", "often"),
        "farstu_codes_wished_total",
        {"medium": "message", "outcome": "often"},
    ),
    (CodeRedeemed("portal", "ES256", "RS256", "l1"), "farstu_codes_redeemed_total", {}),
    (
        CodeRedeemed("portal", "ES256", "RS256", "l1"),
        "farstu_tokens_issued_total",
        {"kind": "id", "algorithm": "RS256"},
    ),
    (ChoreDone("purge", 3), "farstu_chore_runs_total", {"chore": "purge", "outcome": "done"}),
    (
        ChoreFailed("purge", "StorageUnavailable"),
        "farstu_chore_runs_total",
        {"chore": "purge", "outcome": "failed"},
    ),
    (
        NoticeSent("n1", "a_kind", "smtp"),
        "farstu_notices_total",
        {"outcome": "sent", "channel": "smtp"},
    ),
    (
        NoticeDelayed("n1", "a_kind", "smtp", "smtp_450", 1, 60),
        "farstu_notices_total",
        {"outcome": "delayed", "channel": "smtp"},
    ),
    (
        NoticeDelayed("n1", "a_kind", "", "not_in_register", 1, 60),
        "farstu_notices_total",
        {"outcome": "delayed", "channel": "none"},
    ),
    (
        NoticeGivenUp("n1", "a_kind", "smtp_550"),
        "farstu_notices_total",
        {"outcome": "given_up", "channel": "none"},
    ),
    (
        NoticeWithheld("n1", "a_kind", "protected"),
        "farstu_notices_total",
        {"outcome": "withheld", "channel": "none"},
    ),
    (
        NoticeUnreadable("n1", "a_kind"),
        "farstu_notices_total",
        {"outcome": "unreadable", "channel": "none"},
    ),
    (StorageDown("/token"), "farstu_storage_failures_total", {"during": "request"}),
    (StorageDown("/token"), "farstu_log_events_total", {"kind": "storage_down", "level": "error"}),
]


@pytest.mark.parametrize(
    ("event", "name", "labels"), COUNTED, ids=[str(each[1]) for each in COUNTED]
)
def test_an_event_is_written_and_counted(event: Event, name: str, labels: dict[str, str]) -> None:
    """One stream feeds both."""
    kept, counting = Kept(), Counting("1.2.3")
    log = counting.counting(kept)
    log.write(event)
    log.write(event)
    assert kept.events == [event, event]
    assert _value(counting.registry, name, **labels) == 2


def test_what_somebody_waits_for_begins_at_zero() -> None:
    """Prometheus sees a rise from 0 to 1, and none from nothing to 1."""
    registry = Counting("1").registry
    name = "farstu_log_events_total"
    assert _value(registry, name, kind="worker_died", level="error") == 0
    assert _value(registry, name, kind="upstream_failed", level="warning") == 0
    assert _value(registry, name, kind="login_begun", level="info") is None
    assert _value(registry, "farstu_storage_failures_total", during="chore") == 0


def test_what_waits_is_shown_as_it_was_told_last() -> None:
    """It goes up and down."""
    counting = Counting("1")
    counting.outbox(7, 90.5)
    assert _value(counting.registry, "farstu_outbox_waiting_messages") == 7
    assert _value(counting.registry, "farstu_outbox_oldest_seconds") == 90.5
    counting.outbox(0, 0.0)
    assert _value(counting.registry, "farstu_outbox_waiting_messages") == 0


def test_pressure_is_shown_beside_its_threshold() -> None:
    """Of everybody, and those of them that had more than the two numbers."""
    counting = Counting("1")
    counting.pressure(12, 3, 25)
    failures = "farstu_pressure_failures"
    assert _value(counting.registry, failures, evidence="any") == 12
    assert _value(counting.registry, failures, evidence="second_item") == 3
    assert _value(counting.registry, "farstu_pressure_threshold_failures") == 25


def test_two_registries_know_nothing_of_each_other() -> None:
    """Nothing is counted globally."""
    one, other = Counting("1"), Counting("2")
    one.counting(Kept()).write(LoginBegun("google", "portal", "l1"))
    assert _value(other.registry, "farstu_logins_begun_total", provider="google") is None
    assert _value(other.registry, "farstu_build_info", version="2") == 1


async def test_requests_are_counted_by_route_and_status(house: TestHouse) -> None:
    """Templates, never paths: a path that somebody made up is `none`."""
    counting = Counting("1")
    app = assemble(rooms_of(house.parts, house.use), house.settings, (counting,))
    house.town._transports["localhost:8000"].app = app
    async with house.client() as client:
        await client.get("/callback/google?code=s3cr3t&state=s3cr3t")
        await client.get("/s3cr3t-path")
        await client.request("BREW", "/livez")
        await client.get("/livez")
    name = "farstu_request_duration_seconds_count"
    registry = counting.registry
    callback = {"route": "/callback/{provider}", "method": "GET", "status": "4xx"}
    assert _value(registry, name, **callback) == 1
    assert _value(registry, name, route="none", method="GET", status="4xx") == 1
    assert _value(registry, name, route="/livez", method="other", status="4xx") == 1
    assert _value(registry, name, route="/livez", method="GET", status="2xx") == 1
    assert _value(registry, "farstu_requests_under_way") == 0
    told = [str(sample.labels) for each in registry.collect() for sample in each.samples]
    assert "s3cr3t" not in "".join(told)


def test_names_are_as_prometheus_wants_them() -> None:
    """Our prefix, a unit or `total` at the end, each name once."""
    names = [metric.name for metric in metrics.METRICS]
    assert len(set(names)) == len(names)
    for metric in metrics.METRICS:
        assert metric.name.startswith("farstu_")
        assert (metric.kind == "counter") == metric.name.endswith("_total")
        assert (metric.kind == "histogram") == bool(metric.buckets)


def test_nothing_is_loaded_without_being_asked() -> None:
    """A worker that nobody counts or traces loads neither what counts nor what exports."""
    script = (
        "import sys, broker.app, broker.cli.serving.working;"
        "unwanted = {'prometheus_client', 'opentelemetry.exporter', 'broker.telemetry.tracing'};"
        "sys.exit(' '.join(unwanted & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
