"""Typed log events, a JSON line each.

A line can hold only the fields of these classes. None of them takes a token, code, secret, address,
e-mail, customer number or invoice number; what a person typed never comes here.
"""

import re
from dataclasses import asdict, dataclass
from typing import ClassVar, Protocol


@dataclass(frozen=True, slots=True)
class Event:
    """The root: `kind` names the event, `level` its weight."""

    kind: ClassVar[str] = "event"
    level: ClassVar[str] = "info"


@dataclass(frozen=True, slots=True)
class UpstreamFailed(Event):
    """A provider did not answer, or its answer failed the named check."""

    kind: ClassVar[str] = "upstream_failed"
    level: ClassVar[str] = "warning"

    provider: str
    code: str
    check: str = ""
    login_id: str = ""


@dataclass(frozen=True, slots=True)
class ClaimUnknown(Event):
    """A provider sent a claim that its ledger does not list."""

    kind: ClassVar[str] = "claim_unknown"

    provider: str
    claim: str


@dataclass(frozen=True, slots=True)
class UpstreamStale(Event):
    """A provider's metadata or keys could not be refreshed; the last good copy is in use."""

    kind: ClassVar[str] = "upstream_stale"
    level: ClassVar[str] = "warning"

    provider: str
    what: str


@dataclass(frozen=True, slots=True)
class VerificationTried(Event):
    """Somebody tried to prove a customer: how it went, and what kind of evidence was given.

    `evidence`: `invoice`, `second_item` or `code`. `cause`, of `more_evidence` and `early`: on what
    others failed too often (`customer`, `invoice`, `everybody`, `network`); else empty.
    """

    kind: ClassVar[str] = "verification_tried"

    outcome: str
    evidence: str
    cause: str
    client_id: str
    login_id: str


@dataclass(frozen=True, slots=True)
class RequestRefused(Event):
    """A protocol request was refused with a registered error."""

    kind: ClassVar[str] = "request_refused"

    path: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StorageDown(Event):
    """Database or transient store did not answer a request; it was told to come again."""

    kind: ClassVar[str] = "storage_down"
    level: ClassVar[str] = "error"

    path: str


@dataclass(frozen=True, slots=True)
class ChoreDone(Event):
    """Periodic work was done; `done` says of how many."""

    kind: ClassVar[str] = "chore_done"

    chore: str
    done: int


@dataclass(frozen=True, slots=True)
class ChoreFailed(Event):
    """Periodic work could not be done; some worker tries again soon."""

    kind: ClassVar[str] = "chore_failed"
    level: ClassVar[str] = "warning"

    chore: str
    error: str


@dataclass(frozen=True, slots=True)
class FollowingFailed(Event):
    """This worker could not ask whether keys or clients were changed; it asks again.

    `why`, where keys were changed that it cannot open: which, and what to do.
    """

    kind: ClassVar[str] = "following_failed"
    level: ClassVar[str] = "warning"

    error: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class ClockApart(Event):
    """This machine's clock is not the database's: until it is set right, nothing is signed here."""

    kind: ClassVar[str] = "clock_apart"
    level: ClassVar[str] = "error"

    seconds: float


@dataclass(frozen=True, slots=True)
class KeysReloaded(Event):
    """The key ring was changed, by this worker or another, and is in use as it is now."""

    kind: ClassVar[str] = "keys_reloaded"

    published: int


@dataclass(frozen=True, slots=True)
class Unexpected(Event):
    """A fault of ours; `reference` is what the person can read aloud, `where` file and line."""

    kind: ClassVar[str] = "unexpected"
    level: ClassVar[str] = "error"

    reference: str
    error: str
    where: str


class Log(Protocol):
    """Where events go."""

    def write(self, event: Event) -> None: ...


class Lines(Protocol):
    """What structlog's bound logger does."""

    def info(self, event: str, **fields: str | int) -> object: ...

    def warning(self, event: str, **fields: str | int) -> object: ...

    def error(self, event: str, **fields: str | int) -> object: ...


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Longer than anything that we say ourselves; what others send is cut.
MAX_FIELD = 400


@dataclass(frozen=True, slots=True)
class StructuredLog:
    """Writes events through structlog, with control characters escaped and fields cut short."""

    lines: Lines

    def write(self, event: Event) -> None:
        """One line."""
        fields = {name: _plain(value) for name, value in asdict(event).items()}
        match event.level:
            case "error":
                self.lines.error(event.kind, **fields)
            case "warning":
                self.lines.warning(event.kind, **fields)
            case _:
                self.lines.info(event.kind, **fields)


def _plain(value: object) -> str | int:
    return value if isinstance(value, int) else _CONTROL.sub("?", str(value))[:MAX_FIELD]
