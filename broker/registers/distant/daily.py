"""The daily reading: status and contact of everybody who is linked, as an import would bring them.

It ends no link. Who is missing, or cannot be read, stays what they were; whoever turns out to be
deceased or protected is signed out in the same step. It never believes at once that many are free
of what restricted them: that looks like a broken view.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from broker.registers.carrying import newly_suspended
from broker.registers.distant.copies import Copy, CopySeal, is_same_contact, next_copy
from broker.registers.distant.gate import Gate
from broker.registers.distant.source import FoundCustomer, Source
from broker.registers.suspending import Suspensions
from broker.sealed import NotOurs
from broker.storage.register_ports import Reading, RegisterCopies, SecondItems
from linking.company import Company
from linking.days import months_from, swedish_day
from linking.errors import RegisterUnavailable
from linking.model import Customer, CustomerId
from linking.ports import CustomerRegister, Transaction

LIFTED_PERCENT: Final = 1
LIFTED_ALWAYS: Final = 10
"""So many may be freed of a restriction however few are linked."""

_COUNTING_SECONDS: Final = 90.0


@dataclass(slots=True)
class CompanyRead:
    """What a reading found of one company's linked customers.

    `second_items` are None where the register does not say. `unknown` are those whom it has not (or
    not readably). `lifted` are free of what restricted them; where `is_doubted`, they stay
    restricted until somebody insists.
    """

    company: str
    customers: int = 0
    second_items: SecondItems | None = None
    linked: int = 0
    unknown: int = 0
    suspended: int = 0
    contacts_changed: int = 0
    sessions_ended: int = 0
    lifted: int = 0
    is_doubted: bool = False
    held: dict[CustomerId, Copy] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class DailyReading:
    """The use-case, for one billing system and its companies.

    `customers` is their number where the register does not say it.
    """

    source: Source
    gate: Gate
    companies: Mapping[str, Company]
    customers: int
    copies: RegisterCopies
    seal: CopySeal
    earlier: CustomerRegister
    transaction: Transaction
    suspensions: Suspensions

    async def run(self, now: datetime, *, force: bool = False) -> list[CompanyRead]:
        """Read everybody. Raises RegisterUnavailable; what was read until then is kept.

        `force` believes that many are free of a restriction.
        """
        done = [await self._company(company, now, force=force) for company in self.companies]
        await self.copies.forget_unlinked(now=now)
        return done

    async def _company(self, company: str, now: datetime, *, force: bool) -> CompanyRead:
        size = await self.gate.ask(
            b"", lambda: self.source.size(company), seconds=_COUNTING_SECONDS
        )
        seconds = await self._second_items(company, now)
        read = CompanyRead(company, self.customers if size is None else size, seconds)
        some: list[Customer] = []
        async for customer in self.copies.linked(company, now=now):
            some.append(customer)
            if len(some) == self.source.at_once:
                await self._some(read, some, now)
                some = []
        if some:
            await self._some(read, some, now)
        most = max(LIFTED_ALWAYS, read.linked * LIFTED_PERCENT // 100)
        read.is_doubted = read.lifted > most and not force
        if not read.is_doubted:
            await self._replace(read.held)
        await self.copies.note_reading(company, Reading(now, read.customers, read.second_items))
        return read

    async def _second_items(self, company: str, now: datetime) -> SecondItems | None:
        """Unknown where it cannot be counted: the rest is read all the same."""
        its = self.companies[company]
        since = months_from(swedish_day(now), -its.evidence_months)
        try:
            return await self.gate.ask(
                b"",
                lambda: self.source.second_items(company, its.ladder.second_item, since=since),
                seconds=_COUNTING_SECONDS,
            )
        except RegisterUnavailable:
            return None

    async def _some(self, read: CompanyRead, customers: Sequence[Customer], now: datetime) -> None:
        """Ask first, without a lock; then change what it changes, all at once."""
        company, numbers = read.company, [each.number for each in customers]
        found = await self.gate.ask(b"", lambda: self.source.customers(company, numbers))
        opened = await self._opened(customers)
        before = opened | await self._earlier(customers, opened, found)
        changes = _Changes(read, swedish_day(now), frozenset(opened))
        for each in customers:
            changes.take(each, before.get(each.id), found.get(each.number))
        async with self.transaction():
            await self._replace(changes.copies)
            await self.copies.add(self._sealed(changes.unknown))
            read.sessions_ended += await self.suspensions.carry_out(
                company, changes.suspended, at=now
            )

    async def _opened(self, customers: Sequence[Customer]) -> dict[CustomerId, Copy]:
        """The copies; one whose master key is gone is as good as none, and left as it is."""
        opened: dict[CustomerId, Copy] = {}
        for each, sealed in (await self.copies.of([each.id for each in customers])).items():
            with suppress(NotOurs):
                opened[each] = self.seal.opened(each, sealed)
        return opened

    async def _earlier(
        self,
        customers: Sequence[Customer],
        opened: Collection[CustomerId],
        found: Collection[str],
    ) -> dict[CustomerId, Copy]:
        """What an earlier register said of those whom neither a copy nor this one knows."""
        lost = [each for each in customers if each.id not in opened and each.number not in found]
        known = await self.earlier.standings(lost) if lost else {}
        return {each: Copy(standing) for each, standing in known.items() if standing}

    async def _replace(self, copies: Mapping[CustomerId, Copy]) -> None:
        await self.copies.replace(self._sealed(copies))

    def _sealed(self, copies: Mapping[CustomerId, Copy]) -> dict[CustomerId, bytes]:
        return {each: self.seal.sealed(each, copy) for each, copy in copies.items()}


@dataclass(slots=True)
class _Changes:
    """What some customers' answers change: their copies, and who is signed out.

    `opened` have a copy already, which is written again in any case: under the newest master key.
    `unknown` have none, and the register does not know them.
    """

    read: CompanyRead
    today: date
    opened: frozenset[CustomerId]
    copies: dict[CustomerId, Copy] = field(default_factory=dict)
    unknown: dict[CustomerId, Copy] = field(default_factory=dict)
    suspended: dict[str, str] = field(default_factory=dict)

    def take(self, customer: Customer, before: Copy | None, found: FoundCustomer | None) -> None:
        self.read.linked += 1
        if found is None:
            self.read.unknown += 1
            kept = self.copies if customer.id in self.opened else self.unknown
            kept[customer.id] = before or Copy(None)
            return
        now = next_copy(before, found, today=self.today)
        if before and before.standing and not is_same_contact(before.contact, now.contact):
            self.read.contacts_changed += 1
        if before is not None and before.is_restricted and not now.is_restricted:
            self.read.lifted += 1
            self.read.held[customer.id] = now
            return
        self.copies[customer.id] = now
        if now.standing is not None:
            reason = newly_suspended(before.standing if before else None, now.standing)
            if reason:
                self.read.suspended += 1
                self.suspended[customer.number] = reason
