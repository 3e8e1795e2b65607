"""Alarms: what looks like an attack, at most once an hour for each cause. Nobody is refused for it.

Of an account, `account` is what its own page shows (`V-…`) and `farstu links clear-wait` takes; of
a customer, the opaque id. Never a number that was typed, nor a hash of one.
"""

from dataclasses import dataclass
from typing import ClassVar

from broker.telemetry.log import Event


@dataclass(frozen=True, slots=True)
class Spray(Event):
    """Failures have reached a threshold that asks for more evidence.

    `cause` is `everybody` (all failures of 24 hours) or `invoice` (one invoice number was tried on
    so many customer numbers in seven days); `count` of it, and its `threshold`.
    """

    kind: ClassVar[str] = "alarm_spray"
    level: ClassVar[str] = "warning"

    cause: str
    count: int
    threshold: int


@dataclass(frozen=True, slots=True)
class NeighboursTried(Event):
    """One account has tried so many invoice numbers that lie within a hundred, in seven days."""

    kind: ClassVar[str] = "alarm_neighbours_tried"
    level: ClassVar[str] = "warning"

    account: str
    numbers: int
    login_id: str


@dataclass(frozen=True, slots=True)
class CodesWaiting(Event):
    """So many codes to customers have not left: `threshold` or more, the oldest for `minutes`."""

    kind: ClassVar[str] = "alarm_codes_waiting"
    level: ClassVar[str] = "warning"

    messages: int
    minutes: int
    threshold: int


@dataclass(frozen=True, slots=True)
class VerifiedThenWrite(Event):
    """A token lets somebody change things for a customer whom an invoice connected lately.

    That is, less than 14 days ago; told once for each connection.
    """

    kind: ClassVar[str] = "alarm_verified_then_write"
    level: ClassVar[str] = "warning"

    customer: str
    client_id: str
    login_id: str
