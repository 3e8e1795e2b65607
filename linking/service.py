"""Linking, as the broker sees it: who is this, for whom may they act, and let them prove it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, assert_never

from linking.admission import Admission
from linking.codes.by_code import ByCode, CodeClaim, TypedCode, UsedUp
from linking.company import Company
from linking.entries import Entry, entries
from linking.errors import RegisterUnavailable
from linking.model import (
    Customer,
    CustomerKind,
    Identity,
    IdentityKey,
    PersonId,
    Proof,
    Relation,
)
from linking.newcomers.telling import OnFile
from linking.ports import (
    CustomerRegister,
    DelegationStore,
    LinkStore,
    PersonStore,
    Reservation,
    Transaction,
)
from linking.tries.reserving import Early, MoreEvidence, Wait
from linking.twice import proved_as_helper, proved_as_holder
from linking.typed.mistakes import TypedNumbers
from linking.verification import (
    Claim,
    Judgement,
    Mistyped,
    NoMatch,
    Proven,
    Verification,
    Verified,
)


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
    typed: TypedNumbers | TypedCode
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
    by_code: ByCode
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
        judgement = await self._judge(attempt)
        match judgement:
            case Verified():
                on_file = await self._on_file(attempt, judgement)
                return await self._link(attempt, judgement, on_file)
            case UsedUp():
                return await self._again(attempt, judgement.customers, judgement.reservation)
            case NoMatch() | Wait() | MoreEvidence() | Early() | Mistyped():
                return judgement
            case _:
                assert_never(judgement)

    async def _judge(self, attempt: Attempt) -> Judgement | UsedUp:
        companies = tuple(self.companies[company] for company in attempt.companies)
        match attempt.typed:
            case TypedCode() as typed:
                return await self.by_code.judge(
                    CodeClaim(attempt.identity, companies, typed, attempt.now, attempt.network)
                )
            case TypedNumbers() as typed:
                return await self.verification.judge(
                    Claim(
                        attempt.identity, companies, typed, attempt.shown_at, attempt.now,
                        attempt.network,
                    )
                )  # fmt: skip
            case _:
                assert_never(attempt.typed)

    async def _on_file(self, attempt: Attempt, verified: Verified) -> Mapping[Proven, OnFile]:
        """Whom to tell, read before anything is locked: the register may be slow."""
        asker = self.verification.asker(attempt.identity)
        try:
            return {
                proven: OnFile(
                    await self.register.contact(proven.company, proven.number, asker=asker),
                    proven.papers,
                    proven.evidence_from,
                )
                for proven in verified.customers
            }
        except RegisterUnavailable:
            await self.verification.tries.cancel(verified.reservation)
            raise

    async def _link(
        self, attempt: Attempt, verified: Verified, on_file: Mapping[Proven, OnFile]
    ) -> Linked | NoMatch:
        """Everything that is true changes, at once or not at all; a code, for one of two at once.

        What one has already, or had, gives back its own try only: otherwise one's own pair, proved
        again and again, would pay for guesses at a sister company that numbers its customers alike.
        For the same reason failures leave the pressure only when nobody had ever proved the
        customer.
        """
        try:
            async with self.transaction():
                await self._use_up(verified.codes, now=attempt.now)
                await self._still_stands(verified, now=attempt.now)
                identity = await self.admission.identity(
                    attempt.identity,
                    provider=attempt.provider,
                    label=attempt.label,
                    now=attempt.now,
                )
                admitted = [
                    await self._admit(attempt, identity, proven, verified, on_file[proven])
                    for proven in verified.customers
                ]
                await self._give_back(verified, admitted)
        except _UsedUp:
            return await self._again(attempt, verified.customers, verified.reservation)
        relation = _relation(attempt, verified.customers[0])
        return Linked(identity.person, tuple(each.customer for each in admitted), relation)

    async def _again(
        self, attempt: Attempt, customers: Collection[Proven], reservation: Reservation
    ) -> Linked | NoMatch:
        """What was true a moment ago leads on whom it has connected, and is counted as nothing.

        A form that is sent twice (a double click, two tabs) is one success. Whoever has no such
        connection gets the neutral no: what is told here, they know already.
        """
        identity = await self.persons.find(attempt.identity)
        if identity is None:
            return NoMatch((), reservation.wait_until)
        by_code, now = isinstance(attempt.typed, TypedCode), attempt.now
        if attempt.whose is Whose.HELPING:
            held = await proved_as_helper(
                self.delegations, identity.person, by_code=by_code, now=now
            )
        else:
            held = await proved_as_holder(self.links, identity.person, by_code=by_code, now=now)
        known = [held.get((each.company, each.number)) for each in customers]
        theirs = tuple(each for each in known if each is not None)
        if len(theirs) < len(known):
            return NoMatch((), reservation.wait_until)
        await self.verification.tries.cancel(reservation)
        return Linked(identity.person, theirs, _relation(attempt, next(iter(customers))))

    async def _use_up(self, codes: Collection[str], *, now: datetime) -> None:
        for code in codes:
            if not await self.by_code.codes.use(code, at=now):
                raise _UsedUp

    async def _still_stands(self, verified: Verified, *, now: datetime) -> None:
        """The customer may have said no between the judging and here, where it is settled."""
        for proven in () if verified.codes else verified.customers:
            guards = self.verification.guards
            bar = await guards.bar(proven.company, proven.number, proven.papers)
            if bar.holds(proven.evidence_from, now=now):
                raise _UsedUp

    async def _admit(
        self,
        attempt: Attempt,
        identity: Identity,
        proven: Proven,
        verified: Verified,
        on_file: OnFile,
    ) -> "_Admitted":
        """Write down what this person is to the customer."""
        customer, is_first = await self.admission.customer(proven.company, proven.number)
        proof = Proof.CODE if verified.codes else Proof.INVOICE
        if attempt.whose is Whose.HELPING:
            is_new = await self.admission.help(
                identity, customer, on_file, proof=proof, now=attempt.now
            )
        else:
            relation = _relation(attempt, proven)
            was = await self.links.was(identity.person, customer.id)
            is_new = await self.admission.hold(
                identity, customer, on_file, relation=relation, proof=proof, now=attempt.now
            )
            is_new = is_new and not was
        return _Admitted(customer, is_new=is_new, is_first=is_first)

    async def _give_back(self, verified: Verified, admitted: Collection["_Admitted"]) -> None:
        tries, reservation = self.verification.tries, verified.reservation
        if any(each.is_new for each in admitted):
            explained = any(each.is_first for each in admitted)
            await tries.give_back(reservation, explained=explained)
        else:
            await tries.cancel(reservation)


@dataclass(frozen=True, slots=True)
class _Admitted:
    """A customer of somebody; `is_first` where nobody had ever proved it.

    `is_new` only once for one person: what has ended and is proved again was known before.
    """

    customer: Customer
    is_new: bool
    is_first: bool


class _UsedUp(Exception):
    """What was true when it was judged is so no longer: a code was used, or a no was said."""


def _relation(attempt: Attempt, proven: Proven) -> Relation:
    if attempt.whose is Whose.HELPING:
        return Relation.DELEGATE
    is_private = proven.kind is CustomerKind.PRIVATE
    return Relation.HOLDER if is_private else Relation.REPRESENTATIVE
