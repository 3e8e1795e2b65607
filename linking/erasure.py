"""Forgetting a person who asks for it: every connection ends, every identity is deleted.

What stays is history without a name: that an opaque person id had a link or a delegation, and
when. The same account may be connected again afterwards, as a new person.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from linking.connections import Connection, Connections
from linking.model import PersonId
from linking.ports import (
    DelegationStore,
    Journal,
    LinkStore,
    PersonStore,
    SignedIn,
    Transaction,
)

_ENDED_BECAUSE: Final = "person_erased"


@dataclass(frozen=True, slots=True)
class Erased:
    """A person was forgotten: how many of each were ended or deleted."""

    links: int
    delegations: int
    sessions: int
    identities: int


@dataclass(frozen=True, slots=True)
class Erasure:
    """The use case. `journal` must write down who really acts: it is not the person."""

    persons: PersonStore
    links: LinkStore
    delegations: DelegationStore
    signed_in: SignedIn
    journal: Journal
    transaction: Transaction

    @property
    def connections(self) -> Connections:
        """What is live now."""
        return Connections(self.persons, self.links, self.delegations)

    async def of_customer(
        self, company: str, number: str, *, now: datetime
    ) -> tuple[Connection, ...]:
        """Everybody who is, or may act for, the customer with this normalised number."""
        return await self.connections.of_customer(company, number, now=now)

    async def reached(self, connection: str, *, now: datetime) -> tuple[Connection, ...]:
        """All that an erasure would end, at whichever company; none if there is no such id."""
        found = await self.connections.find(connection, now=now)
        if found is None:
            return ()
        return await self.connections.of_person(found.person, now=now)

    async def erase(self, connection: str, *, now: datetime, reason: str) -> Erased | None:
        """Forget the person who has this live link or delegation; None if it is not live.

        All at once or not at all. `reason` is kept for ever, and must not say who it was.
        """
        async with self.transaction():
            found = await self.connections.find(connection, now=now)
            if found is None:
                return None
            person = found.person
            erased = Erased(
                links=await self._end_links(person, now=now),
                delegations=await self._end_delegations(person, now=now),
                sessions=await self.signed_in.end_of_persons(
                    [person], at=now, reason=_ENDED_BECAUSE
                ),
                identities=await self.persons.erase(person),
            )
            await self.journal.note(
                "person_erased", at=now, person=person, customer=None, reason=reason
            )
        return erased

    async def _end_links(self, person: PersonId, *, now: datetime) -> int:
        links = await self.links.of_person(person)
        return sum([await self.links.end(link.id, at=now, reason=_ENDED_BECAUSE) for link in links])

    async def _end_delegations(self, person: PersonId, *, now: datetime) -> int:
        delegations = await self.delegations.of_delegate(person, now=now)
        return sum(
            [await self.delegations.end(d.id, at=now, reason=_ENDED_BECAUSE) for d in delegations]
        )
