"""Events of messages to customers. `message` is the outbox's opaque id, `reason` a short word.

Nothing of a recipient or a text, and nothing that another program said in its own words.
"""

from dataclasses import dataclass
from typing import ClassVar

from broker.telemetry.log import Event


@dataclass(frozen=True, slots=True)
class NoticeSent(Event):
    """The next program has taken a message over; its content is erased."""

    kind: ClassVar[str] = "notice_sent"

    message: str
    about: str
    channel: str


@dataclass(frozen=True, slots=True)
class NoticeDelayed(Event):
    """A message could not leave, and is tried again in so many seconds; `attempts` until now."""

    kind: ClassVar[str] = "notice_delayed"
    level: ClassVar[str] = "warning"

    message: str
    about: str
    channel: str
    reason: str
    attempts: int
    again_in: int


@dataclass(frozen=True, slots=True)
class NoticeGivenUp(Event):
    """A message will not leave; its content is erased, and the audit trail says so."""

    kind: ClassVar[str] = "notice_given_up"
    level: ClassVar[str] = "error"

    message: str
    about: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoticeWithheld(Event):
    """A message must not leave (the customer is protected now); its content is erased."""

    kind: ClassVar[str] = "notice_withheld"

    message: str
    about: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoticeUnreadable(Event):
    """A message does not open: a master key is missing, or a later release wrote it. It waits."""

    kind: ClassVar[str] = "notice_unreadable"
    level: ClassVar[str] = "error"

    message: str
    about: str


@dataclass(frozen=True, slots=True)
class NotMeSaid(Event):
    """A customer says that a connection was not theirs: it has ended, and invoices connect no more.

    Many at one company mean that somebody has its invoices.
    """

    kind: ClassVar[str] = "not_me_said"
    level: ClassVar[str] = "warning"

    company: str


@dataclass(frozen=True, slots=True)
class NewcomerUnknown(Event):
    """Whoever was connected before does not know somebody who was connected since.

    `outcome`: `ended` where a code had shown who says so, else `passed_on`: the contact on file is
    told once more, and decides. Many at one company mean that somebody has its invoices.
    """

    kind: ClassVar[str] = "newcomer_unknown"
    level: ClassVar[str] = "warning"

    company: str
    outcome: str
