"""Who is connected to a customer, as somebody who answers the telephone has to see it.

Only reads. No subject of a provider, and no customer number: a customer is shown by its opaque id.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from linking.model import (
    CustomerId,
    Delegation,
    DelegationId,
    Identity,
    Link,
    LinkId,
    PersonId,
    Proof,
    Relation,
)
from linking.ports import DelegationStore, LinkStore, PersonStore


@dataclass(frozen=True, slots=True)
class Connection:
    """A live link or delegation. `identities` are those of the person.

    `id` is that of the link or the delegation; only a delegation has an end.
    """

    id: LinkId | DelegationId
    person: PersonId
    company: str
    customer: CustomerId
    relation: Relation
    proof: Proof
    since: datetime
    identities: tuple[Identity, ...]
    expires_at: datetime | None = None

    @property
    def is_help(self) -> bool:
        """Whether it is a delegation."""
        return self.relation is Relation.DELEGATE


@dataclass(frozen=True, slots=True)
class Connections:
    """What is live at a time."""

    persons: PersonStore
    links: LinkStore
    delegations: DelegationStore

    async def of_customer(
        self, company: str, number: str, *, now: datetime
    ) -> tuple[Connection, ...]:
        """Everybody who is, or may act for, the customer with this normalised number."""
        return await self._seen(
            await self.links.of_customers(company, [number]),
            await self.delegations.of_customers(company, [number], now=now),
        )

    async def of_person(self, person: PersonId, *, now: datetime) -> tuple[Connection, ...]:
        """All that this person has, at whichever company."""
        return await self._seen(
            await self.links.of_person(person),
            await self.delegations.of_delegate(person, now=now),
        )

    async def find(self, connection: str, *, now: datetime) -> Connection | None:
        """The one with this id, if it is live."""
        link = await self.links.find(LinkId(connection))
        if link is not None:
            return (await self._seen([link], ()))[0]
        delegation = await self.delegations.find(DelegationId(connection), now=now)
        return None if delegation is None else (await self._seen((), [delegation]))[0]

    async def _seen(
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
        customer=link.customer.id,
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
        customer=delegation.customer.id,
        relation=Relation.DELEGATE,
        proof=delegation.basis,
        since=delegation.started_at,
        identities=identities,
        expires_at=delegation.expires_at,
    )
