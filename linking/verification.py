"""The first time: is this person the customer? Customer number and a past invoice number tell.

The two numbers are judged together, at every company of the form, with the same work whatever the
register answers: an answer never tells which of them was wrong, or whether a number exists. Every
try is counted *before* it is judged, and only this identity's own failures can make it wait; no
counter of a customer, a network or the whole is ever read. Who is linked already does not matter:
a true pair is always true, but for a customer who wants no invoice to connect anybody any more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from linking.company import NOBODYS, Company
from linking.days import swedish_day
from linking.errors import RegisterUnavailable
from linking.evidence import NO_INVOICE, proves
from linking.ladder import Ladder, Level
from linking.model import CustomerKind, IdentityKey
from linking.newcomers.ports import Guards
from linking.ports import CustomerRegister, RegisteredInvoice, Reservation, TryStore
from linking.tries.counting import possible_pairs, tags_of
from linking.tries.pressure import Thresholds
from linking.tries.reserving import Early, MoreEvidence, NotNow, TryRule, Wait
from linking.tries.waiting import OwnWaits
from linking.typed.mistakes import (
    Hint,
    TypedNumbers,
    explain,
    unreadable,
    unreadable_item,
)
from linking.typed.paper import read_item


@dataclass(frozen=True, slots=True)
class Claim:
    """This identity says that these numbers belong together, at one of these companies.

    `shown_at` is when the form was shown; `network` is the tag of where it was sent from.
    """

    identity: IdentityKey
    companies: tuple[Company, ...]
    typed: TypedNumbers
    shown_at: datetime
    now: datetime
    network: bytes = b""

    @property
    def given(self) -> Level:
        """What the form asked for, and got."""
        return Level.INVOICE if self.typed.item is None else Level.SECOND_ITEM

    def second_at(self, company: Company) -> str | None:
        """The second item as this company means it: empty, which is nobody's, if it is another."""
        if self.typed.item is None:
            return None
        return read_item(company.ladder.second_item, self.typed.item) or ""


@dataclass(frozen=True, slots=True)
class Proven:
    """A customer for whom the claim is true; `number` is as the company writes it.

    `papers` are keyed hashes of the invoice: of its number, and of its day. `evidence_from` is the
    day on which the number passed to them, if it did.
    """

    company: str
    number: str = field(repr=False)
    kind: CustomerKind = CustomerKind.PRIVATE
    papers: tuple[bytes, ...] = field(default=(), compare=False, repr=False)
    evidence_from: date | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Verified:
    """True, for at least one customer; the try is still counted until it is given back.

    `codes` are those that proved it, and are used up by it; empty where an invoice did.
    """

    customers: tuple[Proven, ...]
    reservation: Reservation
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Not true. The hints come from what was typed alone.

    `wait_until` comes from this identity's own failures alone: until then it waits from now on.
    """

    hints: tuple[Hint, ...]
    wait_until: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Mistyped:
    """Nothing that could be looked up: nothing was counted."""

    hints: tuple[Hint, ...]


Judgement: TypeAlias = Verified | NoMatch | Wait | MoreEvidence | Early | Mistyped


@dataclass(frozen=True, slots=True)
class Verification:
    """The rule, with what it needs: the register, the tries, and a keyed hash to count under.

    `thresholds` are for so many customers. `paper` is a keyed hash that never changes its key.
    """

    register: CustomerRegister
    tries: TryStore
    waits: OwnWaits
    thresholds: Callable[[int], Thresholds]
    tag: Callable[[str], bytes]
    guards: Guards
    paper: Callable[[str], bytes]

    async def judge(self, claim: Claim) -> Judgement:
        """Judge one try. Raises RegisterUnavailable, with the try forgotten.

        Not within a transaction: the count must stand even if everything after it fails.
        """
        item, today = claim.typed.item, swedish_day(claim.now)
        if hints := (
            *unreadable(claim.typed, claim.companies),
            *unreadable_item(item, claim.companies, today=today),
        ):
            return Mistyped(hints)
        reserved = await self.reserve(claim, claim.given)
        if not isinstance(reserved, Reservation):
            return reserved
        try:
            customers = await self._look_up(claim)
        except RegisterUnavailable:
            await self.tries.cancel(reserved)
            raise
        if customers:
            return Verified(customers, reserved)
        return NoMatch(explain(claim.typed, claim.companies), reserved.wait_until)

    def asker(self, identity: IdentityKey) -> bytes:
        """Whose turn it is at a register that is busy."""
        return self.tag(f"asker {identity.issuer} {identity.subject}")

    async def reserve(self, claim: Claim, given: Level) -> Reservation | NotNow:
        """Count a try with evidence of this level, unless it is not judged now."""
        thresholds = self.thresholds(await self.register.size())
        ladders = tuple([await self._in_force(company) for company in claim.companies])
        rule = TryRule(self.waits, thresholds, ladders, given, claim.shown_at)
        tags = tags_of(claim.typed, claim.companies, network=claim.network, tag=self.tag)
        return await self.tries.reserve(claim.identity, tags, rule, now=claim.now)

    async def _in_force(self, company: Company) -> Ladder:
        return company.ladder.in_force(await self.register.with_second(company.id))

    async def _look_up(self, claim: Claim) -> tuple[Proven, ...]:
        """Ask all three questions for every pair, never stopping early."""
        asker = self.asker(claim.identity)
        proven: dict[Proven, None] = {}
        for company in claim.companies:
            second = claim.second_at(company)
            for read, shown in possible_pairs(claim.typed, company):
                number, evidence = company.asked_customer(read), company.asked_evidence(shown)
                invoice = await self.register.find_invoice(
                    company.id, number, evidence, second, asker=asker
                )
                standing = await self.register.standing(company.id, number, asker=asker)
                papers = self._papers(evidence, invoice)
                bar = await self.guards.bar(company.id, number, papers)
                handed_over = standing.evidence_from if standing else None
                is_barred = bar.holds(handed_over, now=claim.now)
                is_true = proves(invoice, standing, company, claim.given, now=claim.now)
                is_real = NOBODYS not in (number, evidence)
                if is_true and standing and not is_barred and is_real:
                    proven[Proven(company.id, number, standing.kind, papers, handed_over)] = None
        return tuple(proven)

    def _papers(self, evidence: str, invoice: RegisteredInvoice | None) -> tuple[bytes, bytes]:
        """Tags of a paper: its day too, since it bears an invoice number and an OCR number."""
        day = (invoice or NO_INVOICE).issued_on.isoformat()
        return self.paper(f"number {evidence}"), self.paper(f"day {day}")
