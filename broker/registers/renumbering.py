"""Renumbering: a new billing system gives customers other numbers, and links follow.

A link stands on a customer's opaque id, so only the number beside it changes. The register is
copied under the new numbers and its pointer flips in the same transaction: nobody who is deceased
or protected is unknown for a moment. What invoices prove comes with the next import. Codes end
that were sent to whoever had a number.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from broker.registers.batches import Progress
from broker.registers.contacts import ContactSeal
from broker.registers.findings import Finding, FindingSink, FindingTally, Reason
from broker.registers.hashing import Peppers, RegisterKeys
from broker.registers.lines import Source
from broker.registers.rekeying import Rekeying
from broker.registers.renumbering_map import CompanyMap, read_map
from broker.registers.renumbering_outcomes import (
    Refusal,
    Renumbered,
    RenumberedCompany,
    RenumberingRefused,
)
from broker.sealed import NotOurs
from broker.storage.ports import AuditEvent, AuditLog
from broker.storage.register_ports import CustomerIndex, CustomerNumbers, Generation
from linking.codes.held import HeldCodes
from linking.company import Company
from linking.model import CustomerId
from linking.ports import Transaction

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class _Draft:
    """One company's part: its map and, if it has a register, the copy of it."""

    numbers: CompanyMap
    before: Generation | None
    keys: RegisterKeys | None
    copy: Generation | None = None
    in_register: int = 0

    @property
    def company(self) -> str:
        return self.numbers.company.id


class _Refused(Exception):
    """Raised and caught within this module."""

    def __init__(self, refusal: Refusal, company: str = "") -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.company = company


@dataclass(frozen=True, slots=True)
class Renumbering:
    """The use-case with its parts."""

    companies: Mapping[str, Company]
    peppers: Peppers
    contacts: ContactSeal
    index: CustomerIndex
    numbers: CustomerNumbers
    codes: HeldCodes
    transaction: Transaction
    audit: AuditLog
    clock: Callable[[], datetime]

    async def run(
        self, source: Source, *, dry_run: bool, on_finding: FindingSink, on_progress: Progress
    ) -> Renumbered | RenumberingRefused:
        """Renumber everybody in the file, or nobody.

        Raises:
            FileRefused: the file cannot be read at all; nothing was changed.
        """
        findings = FindingTally(on_finding)
        try:
            drafts = await self._judged(source, findings, on_progress)
            if dry_run:
                return Renumbered(tuple([await self._counted(draft) for draft in drafts]))
            async with self._copied(drafts, on_progress) as copied:
                return Renumbered(await self._carry_out(copied))
        except _Refused as refused:
            return RenumberingRefused(refused.refusal, findings.counts, refused.company)

    async def _judged(
        self, source: Source, findings: FindingTally, on_progress: Progress
    ) -> list[_Draft]:
        """What is to be done, if all of it can be."""
        maps = read_map(source, self.companies, findings, on_progress)
        drafts = [await self._planned(maps[name]) for name in sorted(maps)]
        if not findings.refused:  # else who gets another number is not known for sure
            for draft in drafts:
                await self._find_taken(source.name, draft, findings)
        if findings.refused:
            raise _Refused(Refusal.ROWS)
        if not drafts:
            raise _Refused(Refusal.NO_ROWS)
        return await self._worth_doing(drafts)

    async def _worth_doing(self, drafts: Sequence[_Draft]) -> list[_Draft]:
        """Leave out whom nothing changes for: a renumbering costs what the invoices prove."""
        changing = [draft for draft in drafts if draft.numbers.changes]
        if not changing:
            raise _Refused(Refusal.NO_CHANGE)
        for draft in changing:
            if not await self._concerns_anybody(draft):
                raise _Refused(Refusal.NOBODY, draft.company)
        return changing

    async def _concerns_anybody(self, draft: _Draft) -> bool:
        for some in _chunks(change.old for change in draft.numbers.changes):
            if await self.numbers.known(draft.company, some):
                return True
            if await self._in_register(draft, some):
                return True
        return False

    async def _planned(self, numbers: CompanyMap) -> _Draft:
        before = await self.index.current(numbers.company.id)
        keys = None if before is None else self.peppers.named(before.pepper)
        return _Draft(numbers, before, keys)

    async def _find_taken(self, file: str, draft: _Draft, findings: FindingTally) -> None:
        """Find new numbers that somebody has who keeps theirs: merging is not renumbering."""
        if draft.before is not None and draft.keys is None:
            raise _Refused(Refusal.PEPPER_GONE, draft.company)
        for some in _chunks(draft.numbers.free_needed):
            taken = set(await self.numbers.known(draft.company, some))
            taken |= await self._in_register(draft, some)
            for number in some:
                if number in taken:
                    line = draft.numbers.by_new[number].line
                    findings.add(Finding(file, line, Reason.NUMBER_TAKEN, "new_number"))

    async def _in_register(self, draft: _Draft, numbers: Iterable[str]) -> set[str]:
        if draft.before is None or draft.keys is None:
            return set()
        place = draft.keys.customers_of(draft.company)
        keys = {place(number): number for number in numbers}
        found = await self.index.known_customers(draft.before, list(keys))
        return {keys[key] for key in found}

    async def _counted(self, draft: _Draft) -> RenumberedCompany:
        olds = [change.old for change in draft.numbers.changes]
        in_register = 0
        for some in _chunks(olds):
            in_register += len(await self._in_register(draft, some))
        linked = len(await self._linked(draft))
        return RenumberedCompany(draft.company, len(olds), linked, in_register)

    async def _linked(self, draft: _Draft) -> dict[CustomerId, str]:
        """Customers whom we know a link of, past or present, and the number that each gets."""
        linked: dict[CustomerId, str] = {}
        for some in _chunks(change.old for change in draft.numbers.changes):
            known = await self.numbers.known(draft.company, some)
            linked |= {each: draft.numbers.by_old[old].new for old, each in known.items()}
        return linked

    @asynccontextmanager
    async def _copied(
        self, drafts: Sequence[_Draft], on_progress: Progress
    ) -> AsyncIterator[list[_Draft]]:
        """Each company's register under the new numbers; deleted again unless it became current."""
        opened: list[Generation] = []
        try:
            yield [await self._copy(draft, opened, on_progress) for draft in drafts]
        finally:
            for copy in opened:
                current = await self.index.current(copy.company)
                if current is None or current.id != copy.id:
                    await self.index.discard(copy)

    async def _copy(self, draft: _Draft, opened: list[Generation], on_progress: Progress) -> _Draft:
        if draft.before is None or draft.keys is None:
            return draft
        copy = await self.index.open_generation(
            draft.company, at=draft.before.started_at, pepper=draft.keys.name
        )
        opened.append(copy)
        rekeying = Rekeying(self.index, self.contacts, draft.keys, on_progress)
        try:
            rekeyed = await rekeying.fill(copy, draft.before, draft.numbers)
        except NotOurs:
            raise _Refused(Refusal.SEALED, draft.company) from None
        return _Draft(draft.numbers, draft.before, draft.keys, copy, rekeyed)

    async def _carry_out(self, drafts: Sequence[_Draft]) -> tuple[RenumberedCompany, ...]:
        """Numbers, pointers and trail in one transaction; then the registers of old are deleted."""
        at = self.clock()
        async with self.transaction():
            for draft in drafts:
                await self._check_nothing_moved(draft)
            copies = [draft.copy for draft in drafts if draft.copy is not None]
            await self.index.make_current(copies, at=at)
            done = tuple([await self._renumber(draft, at=at) for draft in drafts])
        for draft in drafts:
            await self._discard_older(draft)
        return done

    async def _check_nothing_moved(self, draft: _Draft) -> None:
        current = await self.index.current(draft.company)
        if (current and current.id) != (draft.before and draft.before.id):
            raise _Refused(Refusal.OVERTAKEN, draft.company)
        for some in _chunks(draft.numbers.free_needed):
            if await self.numbers.known(draft.company, some):
                raise _Refused(Refusal.OVERTAKEN, draft.company)

    async def _renumber(self, draft: _Draft, *, at: datetime) -> RenumberedCompany:
        linked = await self._linked(draft)
        await self.numbers.change(linked)
        for some in _chunks(draft.numbers.touched):
            await self.codes.void(draft.company, some)
        for customer in sorted(linked):
            facts = {"company": draft.company}
            await self.audit.append(
                AuditEvent("customer_renumbered", at, "operator", customer=customer, facts=facts)
            )
        count = RenumberedCompany(
            draft.company, len(draft.numbers.changes), len(linked), draft.in_register
        )
        await self.audit.append(
            AuditEvent("customers_renumbered", at, "operator", draft.company, facts=_facts(count))
        )
        return count

    async def _discard_older(self, draft: _Draft) -> None:
        """No register with the old numbers is kept: taken back, it would fit no link."""
        if draft.before is None:
            return
        for generation in await self.index.generations(draft.company):
            if generation.id <= draft.before.id:
                await self.index.discard(generation)


def _facts(count: RenumberedCompany) -> dict[str, str]:
    return {
        "changes": str(count.changes),
        "linked": str(count.linked),
        "in_register": str(count.in_register),
    }


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    source = iter(values)
    while chunk := list(islice(source, _AT_ONCE)):
        yield chunk
