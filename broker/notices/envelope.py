"""A message that is ready to leave, and the port that every channel has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from broker.notices.outcomes import Outcome
from broker.notices.recipients import Recipient
from broker.notices.wording import Wording
from broker.pages.faces import CompanyFace


@dataclass(frozen=True, slots=True)
class Sender:
    """A company as it writes to its customers; `address` is empty where none is configured."""

    company: CompanyFace
    address: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """`id` is the same at every try, so that the next program can tell a repetition.

    `facts` are those of the message, for a channel that sends no text but what it is about.
    """

    id: str
    kind: str
    sender: Sender
    to: Recipient
    wording: Wording
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)


class Channel(Protocol):
    """A way out. Never raises for what the other side does; takes its own time, and no longer."""

    @property
    def name(self) -> str: ...

    async def send(self, envelope: Envelope) -> Outcome: ...


Channels = Mapping[type[Recipient], Channel]
"""By what they reach."""
