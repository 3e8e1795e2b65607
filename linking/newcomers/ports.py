"""What saying "this was not me" needs from the world: ports beside those of `linking.ports`.

Every verb takes part in the `Transaction` it is called within, if any. A *paper* is an invoice that
proved something, known only as keyed hashes: of its number, and of its day.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol

from linking.evidence import was_before_handover
from linking.model import Customer, CustomerId, DelegationId, LinkId, PersonId, Proof

ConnectionId = LinkId | DelegationId

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_EVER = date(2000, 1, 1)
"""Judged in place of what is not there."""


@dataclass(frozen=True, slots=True)
class Objection:
    """That a connection, which an invoice proved, can be said no to; and when that was done.

    `told_at` is when the contact was last written to about it, None if never.
    """

    connection: ConnectionId
    customer: Customer
    papers: tuple[bytes, ...]
    made_at: datetime
    said_at: datetime | None = None
    told_at: datetime | None = None


class ObjectionStore(Protocol):
    """What can be said no to, by the hash of the token that was sent out, or by the connection."""

    async def make(self, objection: Objection, *, token_hash: bytes | None) -> None:
        """Store it; without a hash where nobody was written to."""
        ...

    async def remind(
        self, connection: ConnectionId, *, token_hash: bytes | None, at: datetime
    ) -> bool:
        """The contact is written to once more, with another token beside the first.

        False if they had been before, or if it was said.
        """
        ...

    async def told(self, customer: CustomerId, *, since: datetime) -> int:
        """How often the contact of this customer was written to about connections."""
        ...

    async def untold(
        self, customer: CustomerId, *, since: datetime, now: datetime
    ) -> Sequence[Objection]:
        """Of connections made since then, those of which nobody is told by now; none that was said.

        Whom a message is on its way to that leaves later is not told either.
        """
        ...

    async def of_token(self, token_hash: bytes) -> Objection | None:
        """The objection, with the time at which the contact was told with just this token."""
        ...

    async def of_connection(self, connection: ConnectionId) -> Objection | None: ...

    async def say(self, connection: ConnectionId, *, at: datetime) -> bool:
        """It was said; False if it had been before."""
        ...


@dataclass(frozen=True, slots=True)
class Bar:
    """What stands against an invoice of a customer. `guarded_since` None: they are not guarded."""

    guarded_since: datetime | None = None
    is_burned: bool = False

    def holds(self, evidence_from: date | None, *, now: datetime) -> bool:
        """Whether no invoice connects: a guard ends with the number's passing to somebody else."""
        since = self.guarded_since or _LONG_AGO
        is_guarded = not was_before_handover(since, evidence_from or _EVER, now=now)
        return (self.guarded_since is not None and is_guarded) or self.is_burned


class Guards(Protocol):
    """Customers whom no invoice connects any more, and single papers that connect nobody."""

    async def bar(self, company: str, number: str, papers: Collection[bytes]) -> Bar:
        """Since when this customer is guarded, and whether a paper of these is burned for them.

        One question, the same for every number: also for those that no customer has.
        """
        ...

    async def guard(self, customer: CustomerId, papers: Collection[bytes], *, at: datetime) -> None:
        """From then on, and burn the papers; who is guarded already is so since the later time."""
        ...

    async def since(self, company: str, number: str) -> datetime | None:
        """Since when this customer is guarded; None if they are not."""
        ...

    async def lift(self, customer: CustomerId) -> bool:
        """Guard no longer; what was burned stays so. False if they were not guarded."""
        ...


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody was connected to a customer whom another person had already."""

    link: LinkId
    customer: Customer
    proof: Proof
    since: datetime


class NewcomerStore(Protocol):
    """Who is still to be told of a newcomer: once each, at their next sign-in."""

    async def announce(self, link: LinkId, to: Collection[PersonId], *, at: datetime) -> None: ...

    async def unseen(self, person: PersonId) -> Sequence[Newcomer]:
        """Those whose link is still live, newest first; at most ten."""
        ...

    async def seen(self, person: PersonId, links: Collection[LinkId]) -> None:
        """This person was told of these."""
        ...
