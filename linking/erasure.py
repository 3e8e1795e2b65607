"""Forgetting a person who asks for it: every connection ends, every identity is deleted.

What stays is history without a name: that an opaque person id had a link or a delegation, and
when. The same account may be connected again afterwards, as a new person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from linking.model import (
    Delegation,
    DelegationId,
    Identity,
    Link,
    LinkId,
    PersonId,
    Proof,
    Relation,
)
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
class Connection:
    """A live link or delegation, as somebody who answers the telephone has to see it.

    `id` is that of the link or the delegation. `identities` are those of the person.
    """

    id: LinkId | DelegationId
    person: PersonId
    company: str
    relation: Relation
    proof: Proof
    since: datetime
    identities: tuple[Identity, ...]


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

    async def of_customer(
        self, company: str, number: str, *, now: datetime
    ) -> tuple[Connection, ...]:
        """Everybody who is, or may act for, the customer with this normalised number."""
        return await self._connections(
            await self.links.of_customers(company, [number]),
            await self.delegations.of_customers(company, [number], now=now),
        )

    async def reached(self, connection: str, *, now: datetime) -> tuple[Connection, ...]:
        """All that an erasure would end, at whichever company; none if there is no such id."""
        person = await self._person(connection, now=now)
        if person is None:
            return ()
        return await self._connections(
            await self.links.of_person(person),
            await self.delegations.of_delegate(person, now=now),
        )

    async def erase(self, connection: str, *, now: datetime, reason: str) -> Erased | None:
        """Forget the person who has this live link or delegation; None if it is not live.

        All at once or not at all. `reason` is kept for ever, and must not say who it was.
        """
        async with self.transaction():
            person = await self._person(connection, now=now)
            if person is None:
                return None
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

    async def _person(self, connection: str, *, now: datetime) -> PersonId | None:
        link = await self.links.find(LinkId(connection))
        if link is not None:
            return link.person
        delegation = await self.delegations.find(DelegationId(connection), now=now)
        return None if delegation is None else delegation.delegate

    async def _end_links(self, person: PersonId, *, now: datetime) -> int:
        links = await self.links.of_person(person)
        return sum([await self.links.end(link.id, at=now, reason=_ENDED_BECAUSE) for link in links])

    async def _end_delegations(self, person: PersonId, *, now: datetime) -> int:
        delegations = await self.delegations.of_delegate(person, now=now)
        return sum(
            [await self.delegations.end(d.id, at=now, reason=_ENDED_BECAUSE) for d in delegations]
        )

    async def _connections(
        self, links: Iterable[Link], delegations: Iterable[Delegation]
    ) -> tuple[Connection, ...]:
        return (
            *[_of_link(link, await self._identities(link.person)) for link in links],
            *[_of_delegation(d, await self._identities(d.delegate)) for d in delegations],
        )

    async def _identities(self, person: PersonId) -> tuple[Identity, ...]:
        return tuple(await self.persons.identities_of(person))


def _of_link(link: Link, identities: tuple[Identity, ...]) -> Connection:
    return Connection(
        id=link.id,
        person=link.person,
        company=link.customer.company,
        relation=link.relation,
        proof=link.proof,
        since=link.linked_at,
        identities=identities,
    )


def _of_delegation(delegation: Delegation, identities: tuple[Identity, ...]) -> Connection:
    return Connection(
        id=delegation.id,
        person=delegation.delegate,
        company=delegation.customer.company,
        relation=Relation.DELEGATE,
        proof=delegation.basis,
        since=delegation.started_at,
        identities=identities,
    )
