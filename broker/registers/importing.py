"""Importing an export: the whole truth about the companies that it names, or nothing.

A new generation of each company is written in batches beside the current one, judged, and made
current by one pointer. Links are never touched: a customer who is missing keeps what they have.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from broker.registers.batches import Progress, Reading
from broker.registers.contacts import ContactSeal
from broker.registers.drafts import Draft, Drafts
from broker.registers.findings import FindingSink, FindingTally, Reason
from broker.registers.guards import Objected, Objection, objections
from broker.registers.hashing import Peppers
from broker.registers.importing_customers import CustomerImport
from broker.registers.importing_facilities import FacilityImport
from broker.registers.importing_invoices import InvoiceImport
from broker.registers.lines import Source
from broker.registers.probing import OtherMasterKey
from broker.registers.restricted import RestrictedRows
from broker.registers.suspending import Suspensions
from broker.storage.ports import AuditEvent, AuditLog
from broker.storage.register_ports import CustomerIndex, Generation, SecondItems
from linking.company import Company
from linking.days import swedish_day
from linking.model import CustomerKind
from linking.ports import Transaction

ABANDONED_AFTER = timedelta(days=1)
"""A generation that was begun this long ago and never made current was left by a crash."""


@dataclass(frozen=True, slots=True)
class Export:
    """The files of one export."""

    customers: Source
    invoices: Source
    facilities: Source | None = None


@dataclass(frozen=True, slots=True)
class Mode:
    """`strict`: no row may be bad. `force`: guards do not hold it up. `dry_run`: change nothing."""

    strict: bool = False
    force: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class CompanyCount:
    """What was read of one company, beside what is current (None: a first import).

    `carried` are closed, deceased or protected customers who were missing: they stay, and are no
    part of `customers`. `proving` and `proving_nothing` are invoices; reminders count anew under
    the same number. `without_second` are those of the former, by class, that bear no second item
    (the one that the company's ladder names), of customers who can be linked.
    """

    company: str
    customers: int
    customers_before: int | None
    carried: int
    standings_changed: int
    newly_suspended: int
    proving: int
    proving_nothing: int
    facilities: int
    without_second: Mapping[CustomerKind, int] = field(default_factory=dict)
    sessions_ended: int = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """The export is current (or would be, after a dry run)."""

    companies: tuple[CompanyCount, ...]
    findings: Mapping[tuple[str, str, Reason], int]
    dry_run: bool


@dataclass(frozen=True, slots=True)
class ImportRefused:
    """Nothing was changed, and why."""

    objections: tuple[Objected, ...]
    companies: tuple[CompanyCount, ...]
    findings: Mapping[tuple[str, str, Reason], int]


@dataclass(frozen=True, slots=True)
class RegisterImport:
    """The use-case with its parts. Two may run at once: the second to finish is refused.

    `folder` is where rows may wait that are too many for memory; by default the system's own.
    """

    companies: Mapping[str, Company]
    peppers: Peppers
    contacts: ContactSeal
    index: CustomerIndex
    transaction: Transaction
    suspensions: Suspensions
    audit: AuditLog
    clock: Callable[[], datetime]
    folder: Path | None = None

    async def run(
        self, export: Export, mode: Mode, *, on_finding: FindingSink, on_progress: Progress
    ) -> Imported | ImportRefused:
        """Import, or refuse and leave everything as it was.

        Raises:
            FileRefused: a file cannot be read at all; nothing was changed.
        """
        now = self.clock()
        findings = FindingTally(on_finding)
        drafts = Drafts(self.index, self.peppers, started_at=now)
        reading = Reading(self.companies, findings, on_progress)
        try:
            await self._read(export, reading, drafts, swedish_day(now))
            found = _against(drafts, findings, mode)
            if not found and not mode.dry_run:
                done = await self._make_current(drafts.all(), at=self.clock())
                if not isinstance(done, Objected):
                    await self._discard_older(drafts.let_go(), at=self.clock())
                    return Imported(done, findings.counts, dry_run=False)
                found = (done,)
            counts = tuple(_count(draft) for draft in drafts.all())
        except OtherMasterKey as other:
            found = (Objected(Objection.OTHER_MASTER_KEY, other.company),)
            return ImportRefused(found, (), findings.counts)
        finally:
            await drafts.discard()
        if found:
            return ImportRefused(found, counts, findings.counts)
        return Imported(counts, findings.counts, dry_run=True)

    async def _read(self, export: Export, reading: Reading, drafts: Drafts, day: date) -> None:
        customers = CustomerImport(
            self.companies, self.index, self.contacts, reading, drafts, day, self.folder
        )
        invoices = InvoiceImport(self.companies, self.index, reading, drafts, day, self.folder)
        facilities = FacilityImport(self.companies, self.index, self.contacts.seal, reading, drafts)
        await customers.run(export.customers)
        await invoices.run(export.invoices)
        if export.facilities is not None:
            await facilities.run(export.facilities)
        for draft in drafts.all():
            await RestrictedRows(self.index).carry_over(draft)

    async def _make_current(
        self, drafts: list[Draft], *, at: datetime
    ) -> tuple[CompanyCount, ...] | Objected:
        """Flip the pointers, end sessions and note it: all in one transaction."""
        async with self.transaction():
            for draft in drafts:
                if _id(await self.index.current(draft.company)) != _id(draft.before):
                    return Objected(Objection.OVERTAKEN, draft.company)
            await self.index.make_current([self._finished(draft) for draft in drafts], at=at)
            return tuple([await self._suspend(draft, at=at) for draft in drafts])

    def _finished(self, draft: Draft) -> Generation:
        item, without = self.companies[draft.company].ladder.second_item, draft.without
        said = SecondItems(
            item.value, without[CustomerKind.PRIVATE], without[CustomerKind.ORGANISATION]
        )
        return replace(draft.generation, second_items=said)

    async def _suspend(self, draft: Draft, *, at: datetime) -> CompanyCount:
        ended = await self.suspensions.carry_out(draft.company, draft.suspended, at=at)
        count = _count(draft, sessions_ended=ended)
        await self.audit.append(
            AuditEvent(
                kind="register_imported",
                at=at,
                actor="operator",
                subject=draft.company,
                facts={
                    "generation": str(draft.generation.id),
                    "customers": str(count.customers),
                    "carried": str(count.carried),
                    "proving": str(count.proving),
                    "suspended": str(count.newly_suspended),
                    "sessions_ended": str(ended),
                },
            )
        )
        return count

    async def _discard_older(self, drafts: list[Draft], *, at: datetime) -> None:
        """Keep the new generation and the one before it; others may be under way."""
        for draft in drafts:
            for generation in await self.index.generations(draft.company):
                is_older = draft.before is not None and generation.id < draft.before.id
                is_abandoned = at - generation.started_at > ABANDONED_AFTER
                is_kept = generation.id in (draft.generation.id, _id(draft.before))
                if not is_kept and (is_older or is_abandoned):
                    await self.index.discard(generation)


def _id(generation: Generation | None) -> int | None:
    return None if generation is None else generation.id


def _against(drafts: Drafts, findings: FindingTally, mode: Mode) -> tuple[Objected, ...]:
    if not drafts.all():
        return (Objected(Objection.NO_CUSTOMERS),)
    bad_rows = (Objected(Objection.BAD_ROWS),) if mode.strict and findings.refused else ()
    return bad_rows + (() if mode.force else objections(drafts.all()))


def _count(draft: Draft, *, sessions_ended: int = 0) -> CompanyCount:
    return CompanyCount(
        company=draft.company,
        customers=draft.customers,
        customers_before=draft.customers_before,
        carried=draft.carried,
        standings_changed=draft.standings_changed,
        newly_suspended=len(draft.suspended),
        proving=draft.proving,
        proving_nothing=draft.proving_nothing,
        facilities=draft.facilities,
        without_second=dict(draft.without),
        sessions_ended=sessions_ended,
    )
