"""Linking, as the broker sees it: who is this, for whom may they act, and let them prove it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, assert_never

from linking.admission import Admission
from linking.company import Company
from linking.entries import Entry, entries
from linking.errors import RegisterUnavailable
from linking.mistakes import TypedNumbers
from linking.model import Customer, Identity, IdentityKey, PersonId, Relation
from linking.ports import CustomerRegister, DelegationStore, LinkStore, PersonStore, Transaction
from linking.reserving import Early, MoreEvidence, Wait
from linking.telling import OnFile
from linking.verification import Claim, Mistyped, NoMatch, Proven, Verification, Verified


class Whose(StrEnum):
    """Whose numbers they are: the person's own, or those of somebody whom they help."""

    MINE = "mine"
    HELPING = "helping"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to prove a customer, by somebody who has signed in.

    `companies` are ids, those of the client that they came from. `label` is the masked account.
    """

    identity: IdentityKey
    provider: str
    label: str
    companies: tuple[str, ...]
    whose: Whose
    typed: TypedNumbers
    shown_at: datetime
    now: datetime
    network: bytes = b""


@dataclass(frozen=True, slots=True)
class Linked:
    """It was true: this person now has these customers, as holder or as delegate."""

    person: PersonId
    customers: tuple[Customer, ...]
    relation: Relation


Outcome: TypeAlias = Linked | NoMatch | Wait | MoreEvidence | Early | Mistyped


@dataclass(frozen=True, slots=True)
class Linking:
    """The one door to this package."""

    companies: Mapping[str, Company]
    persons: PersonStore
    links: LinkStore
    delegations: DelegationStore
    register: CustomerRegister
    verification: Verification
    admission: Admission
    transaction: Transaction

    async def identity(self, key: IdentityKey) -> Identity | None:
        """The identity, if we have admitted it before; its person is who has signed in."""
        return await self.persons.find(key)

    async def admit(
        self, key: IdentityKey, *, provider: str, label: str, now: datetime
    ) -> Identity:
        """Know this identity from now on, and when it was last used; idempotent."""
        async with self.transaction():
            return await self.admission.identity(key, provider=provider, label=label, now=now)

    async def entries_of(
        self, person: PersonId, companies: Collection[str], *, now: datetime
    ) -> tuple[Entry, ...]:
        """For whom this person may act now at these companies, their own customers first.

        Raises RegisterUnavailable: an adapter to a register elsewhere answers `standing` from its
        own latest copy, so that those who are linked get in while that register is down.
        """
        wanted = self.companies.keys() & set(companies)
        links = [k for k in await self.links.of_person(person) if k.customer.company in wanted]
        delegations = [
            d
            for d in await self.delegations.of_delegate(person, now=now)
            if d.customer.company in wanted
        ]
        customers = {k.customer for k in links} | {d.customer for d in delegations}
        standings = await self.register.standings(customers) if customers else {}
        return entries(links, delegations, standings, self.companies, now=now)

    async def verify(self, attempt: Attempt) -> Outcome:
        """Judge a try, and link what it proves. Raises RegisterUnavailable, with nothing counted.

        Not within a transaction of the caller's. A true pair always links; linked already is fine.
        """
        claim = Claim(
            identity=attempt.identity,
            companies=tuple(self.companies[company] for company in attempt.companies),
            typed=attempt.typed,
            shown_at=attempt.shown_at,
            now=attempt.now,
            network=attempt.network,
        )
        judgement = await self.verification.judge(claim)
        match judgement:
            case Verified():
                return await self._link(attempt, judgement, await self._on_file(judgement))
            case NoMatch() | Wait() | MoreEvidence() | Early() | Mistyped():
                return judgement
            case _:
                assert_never(judgement)

    async def _on_file(self, verified: Verified) -> Mapping[Proven, OnFile]:
        """Whom to tell, read before anything is locked: the register may be slow."""
        try:
            return {
                proven: OnFile(
                    await self.register.contact(proven.company, proven.number), proven.papers
                )
                for proven in verified.customers
            }
        except RegisterUnavailable:
            await self.verification.tries.cancel(verified.reservation)
            raise

    async def _link(
        self, attempt: Attempt, verified: Verified, on_file: Mapping[Proven, OnFile]
    ) -> Linked:
        """Everything that a true pair changes, at once or not at all.

        What one has already gives back its own try only: otherwise one's own pair, proved again and
        again, would pay for guesses at a sister company that numbers its customers alike. For the
        same reason failures leave the pressure only when nobody had ever proved the customer.
        """
        customers: list[Customer] = []
        is_new = is_first = False
        async with self.transaction():
            identity = await self.admission.identity(
                attempt.identity, provider=attempt.provider, label=attempt.label, now=attempt.now
            )
            for proven in verified.customers:
                customer, never_before = await self.admission.customer(
                    proven.company, proven.number
                )
                is_first |= never_before
                is_new |= await self._admit(attempt, identity, customer, on_file[proven])
                customers.append(customer)
            tries, reservation = self.verification.tries, verified.reservation
            if is_new:
                await tries.give_back(reservation, explained=is_first)
            else:
                await tries.cancel(reservation)
        relation = Relation.HOLDER if attempt.whose is Whose.MINE else Relation.DELEGATE
        return Linked(identity.person, tuple(customers), relation)

    async def _admit(
        self, attempt: Attempt, identity: Identity, customer: Customer, on_file: OnFile
    ) -> bool:
        """Write down what this person is to the customer; whether it is new."""
        match attempt.whose:
            case Whose.MINE:
                return await self.admission.hold(identity, customer, on_file, now=attempt.now)
            case Whose.HELPING:
                return await self.admission.help(identity, customer, on_file, now=attempt.now)
