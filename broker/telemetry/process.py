"""Events of the process itself: workers come and go, the configuration is read anew."""

from dataclasses import dataclass
from typing import ClassVar

from broker.telemetry.log import Event


@dataclass(frozen=True, slots=True)
class Starting(Event):
    """The configuration is in order and the port is ours; storage has not been looked at yet.

    `worker_started` says when it answers, `cannot_serve` why it does not.
    """

    kind: ClassVar[str] = "starting"

    issuer: str
    host: str
    port: int
    workers: int


@dataclass(frozen=True, slots=True)
class CannotServe(Event):
    """The broker cannot serve, and ends: why, and what to do. Standard error says it in words."""

    kind: ClassVar[str] = "cannot_serve"
    level: ClassVar[str] = "error"

    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class GuessingPays(Event):
    """By the kept audit of its register, guessing may bring a company more than its target.

    Takeovers a year, at most. `farstu register audit` says what to change.
    """

    kind: ClassVar[str] = "guessing_pays"
    level: ClassVar[str] = "warning"

    company: str
    takeovers: float
    target: float


@dataclass(frozen=True, slots=True)
class SecondItemMissing(Event):
    """Failures by others ask a company's customers for nothing more: some could not bring it.

    So many invoices that prove something bear no second item; 0 is not known, or read for another
    item. `farstu doctor` says what to do.
    """

    kind: ClassVar[str] = "second_item_missing"
    level: ClassVar[str] = "warning"

    company: str
    second_item: str
    invoices: int


@dataclass(frozen=True, slots=True)
class MetricsListening(Event):
    """`/metrics` can be asked for here."""

    kind: ClassVar[str] = "metrics_listening"

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class WorkerStarted(Event):
    """This process has opened all that it needs, and answers."""

    kind: ClassVar[str] = "worker_started"

    worker: int


@dataclass(frozen=True, slots=True)
class WorkerStopped(Event):
    """This process has answered what was under way, and closed everything."""

    kind: ClassVar[str] = "worker_stopped"

    worker: int


@dataclass(frozen=True, slots=True)
class WorkerDied(Event):
    """A worker ended or hung unasked; another one takes its place."""

    kind: ClassVar[str] = "worker_died"
    level: ClassVar[str] = "error"

    worker: int
    worker_pid: int
    exit_code: int


@dataclass(frozen=True, slots=True)
class WorkerCannotStart(Event):
    """A worker could not begin: why, and what to do. The others go on."""

    kind: ClassVar[str] = "worker_cannot_start"
    level: ClassVar[str] = "error"

    worker: int
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class WorkerKilled(Event):
    """A worker that was told to stop did not, long after `server.drain_seconds`."""

    kind: ClassVar[str] = "worker_killed"
    level: ClassVar[str] = "warning"

    worker: int
    worker_pid: int


@dataclass(frozen=True, slots=True)
class Unready(Event):
    """`/readyz` says 503 to whoever asks this worker.

    `missing` says why: `database`, `schema`, `clock` (differs from the database's), `transient`
    (Redis, or what takes its place), `following` (it could not ask what other workers changed).
    """

    kind: ClassVar[str] = "unready"
    level: ClassVar[str] = "error"

    missing: str


@dataclass(frozen=True, slots=True)
class ReadyAgain(Event):
    """`/readyz` says 200 again to whoever asks this worker."""

    kind: ClassVar[str] = "ready_again"


@dataclass(frozen=True, slots=True)
class Leaving(Event):
    """Told to stop: `/readyz` says 503 from now on, and the rest is answered."""

    kind: ClassVar[str] = "leaving"


@dataclass(frozen=True, slots=True)
class Reloaded(Event):
    """The configuration was read anew, and is in force."""

    kind: ClassVar[str] = "reloaded"


@dataclass(frozen=True, slots=True)
class ReloadRefused(Event):
    """The configuration that was read anew cannot be used: the earlier one stays in force."""

    kind: ClassVar[str] = "reload_refused"
    level: ClassVar[str] = "error"

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class RestartNeeded(Event):
    """This key has changed, and is read only when the broker starts."""

    kind: ClassVar[str] = "restart_needed"
    level: ClassVar[str] = "warning"

    path: str
