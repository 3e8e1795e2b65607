"""Events of codes for customers. Never whose, never the code."""

from dataclasses import dataclass
from typing import ClassVar

from broker.telemetry.log import Event


@dataclass(frozen=True, slots=True)
class CodeDispatched(Event):
    """A code that was asked for is on its way, in the outbox, as a `message` or a `letter`."""

    kind: ClassVar[str] = "code_dispatched"

    medium: str


@dataclass(frozen=True, slots=True)
class CodeWithheld(Event):
    """A code that was asked for is not sent, and nobody is told.

    `reason`: `nobody` (no active customer, or a protected one), `not_offered` by the company,
    `no_contact`, `new_contact` (changed in the last two weeks), `others_contact` (the number passed
    on, and the contact may be from before that), `often` (sent as often as may be).
    """

    kind: ClassVar[str] = "code_withheld"

    medium: str
    reason: str
