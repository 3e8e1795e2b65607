"""Writing down what was proved: persons, links, delegations, and who is told.

Every verb here belongs in the caller's transaction. Each can be repeated without changing anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from linking.company import Company
from linking.days import months_from
from linking.evidence import was_before_handover
from linking.model import (
    Customer,
    CustomerId,
    Delegation,
    DelegationId,
    Identity,
    IdentityKey,
    Link,
    LinkId,
    PersonId,
    Proof,
    Relation,
)
from linking.newcomers.telling import OnFile, Telling
from linking.ports import DelegationStore, Journal, LinkStore, PersonStore
from linking.scopes import VIEW

BY_EVIDENCE = frozenset({Proof.INVOICE, Proof.CODE})
"""Shown by whoever helps, rather than given by the customer."""
_HANDED_OVER: Final = "number_passed_on"


@dataclass(frozen=True, slots=True)
class Admission:
    """The stores that a proof changes. `new_id` makes an unguessable id with the given prefix."""

    companies: Mapping[str, Company]
    persons: PersonStore
    links: LinkStore
    delegations: DelegationStore
    journal: Journal
    telling: Telling
    new_id: Callable[[str], str]

    async def identity(
        self, key: IdentityKey, *, provider: str, label: str, now: datetime
    ) -> Identity:
        """The identity, admitted as a new person of its own if we did not know it."""
        proposed = Identity(
            key=key,
            person=PersonId(self.new_id("p")),
            provider=provider,
            label=label,
            admitted_at=now,
            last_used_at=now,
        )
        identity = await self.persons.admit(proposed)
        if identity.person == proposed.person:
            await self.journal.note(
                "identity_admitted",
                at=now,
                person=identity.person,
                customer=None,
                provider=provider,
            )
        return identity

    async def customer(self, company: str, number: str) -> tuple[Customer, bool]:
        """The customer with this proven number, and whether nobody has ever proved it before."""
        proposed = CustomerId(self.new_id("c"))
        customer = await self.links.customer(company, number, proposed=proposed)
        return customer, customer.id == proposed

    async def hold(
        self,
        identity: Identity,
        customer: Customer,
        on_file: OnFile,
        *,
        relation: Relation,
        proof: Proof,
        now: datetime,
    ) -> bool:
        """The person is the customer, or stands for it; whether that, or the proof, is new.

        The contact is told, and whoever is the customer already.
        """
        proposed = Link(
            id=LinkId(self.new_id("l")),
            person=identity.person,
            customer=customer,
            relation=relation,
            proof=proof,
            proved_with=identity.key,
            linked_at=now,
        )
        link = await self.links.create(proposed)
        if was_before_handover(link.linked_at, on_file.evidence_from, now=now):
            await self._hand_over(link, now=now)
            link = await self.links.create(proposed)
        if link.id != proposed.id:
            return await self._strengthen(link, proof, now=now)
        await self.journal.note(
            "link_created",
            at=now,
            person=identity.person,
            customer=customer.id,
            link=link.id,
            proof=link.proof.value,
            provider=identity.provider,
        )
        await self.telling.of_link(link, on_file, now=now)
        return True

    async def _hand_over(self, link: Link, *, now: datetime) -> None:
        """What is left of having been the customer before the number passed on gives nothing."""
        await self.links.end(link.id, at=now, reason=_HANDED_OVER)
        await self.journal.note(
            "link_ended",
            at=now,
            person=link.person,
            customer=link.customer.id,
            connection=link.id,
            reason=_HANDED_OVER,
        )

    async def _strengthen(self, link: Link, proof: Proof, *, now: datetime) -> bool:
        """A code proves more than an invoice did; nothing ever proves less. Whether it is new."""
        if link.proof is proof or proof is not Proof.CODE:
            return False
        await self.links.strengthen(link.id, proof)
        await self.journal.note(
            "link_strengthened",
            at=now,
            person=link.person,
            customer=link.customer.id,
            link=link.id,
            proof=proof.value,
        )
        return True

    async def help(
        self,
        identity: Identity,
        customer: Customer,
        on_file: OnFile,
        *,
        proof: Proof,
        now: datetime,
    ) -> bool:
        """The person helps the customer: may look, for a limited time, and the customer is told.

        Whether it is new: help that is still alive stays as it is, since prolonging it is the
        customer's to give.
        """
        alive = await self.delegations.of_delegate(identity.person, now=now)
        if any(
            d.customer.id == customer.id
            and d.basis in BY_EVIDENCE
            and not was_before_handover(d.started_at, on_file.evidence_from, now=now)
            for d in alive
        ):
            return False
        months = self.companies[customer.company].delegation_months
        delegation = await self.delegations.create(
            Delegation(
                id=DelegationId(self.new_id("d")),
                delegate=identity.person,
                customer=customer,
                basis=proof,
                actions=VIEW,
                started_at=now,
                expires_at=months_from(now, months),
            )
        )
        await self.journal.note(
            "delegation_created",
            at=now,
            person=identity.person,
            customer=customer.id,
            delegation=delegation.id,
            basis=delegation.basis.value,
            provider=identity.provider,
        )
        await self.telling.of_delegation(delegation, on_file, provider=identity.provider, now=now)
        return True
