"""`invoices.csv` into the index: a keyed hash per number that proves something, and its date.

This is the long part of an import (some fourteen rows a customer), so its inner loops are flat and
look customers up by the batch. Hashes wait in a spool until the file has been read, and are written
in their own order (`broker.registers.spool` says why).
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path

from broker.registers.batches import BATCH, Reading
from broker.registers.drafts import Draft, Drafts
from broker.registers.findings import Finding, Reason
from broker.registers.hashing import Recipe
from broker.registers.invoices_file import LAYOUT, InvoiceRow, read_invoice
from broker.registers.lines import Source
from broker.registers.numbers import customer_numbers_of, invoice_numbers_of, ocr_number
from broker.registers.second_items import seconds_of
from broker.registers.spool import Drawers, Spool
from broker.registers.spooled import CLASSES, SpooledEvidence
from broker.storage.register_ports import CustomerIndex, IndexedEvidence
from linking.company import Company
from linking.days import months_from
from linking.model import CustomerKind

KEPT_MONTHS = 24
"""How much longer than it proves anything the date of an invoice is kept.

A reminder repeats the number of its invoice, and the earliest date of a number counts: without the
invoice's own, a reminder sent after a move would let the previous holder in. A consumer's debt
lapses after three years (preskriptionslagen 1981:130, section 2), hardly later than this.
"""

HELD = 120_000
"""Hashes in memory: some 20 MB."""

_Found = tuple[int, str, str, InvoiceRow]
"""(line, customer number, invoice number, row), the numbers normalised."""


@dataclass(frozen=True, slots=True)
class InvoiceImport:
    """Writes the evidence of one file into drafts.

    What can prove nothing is counted: credit notes, which are not kept, and invoices that are older
    than the company accepts on `today`, which are kept for `KEPT_MONTHS` more to date reminders by.
    `linking.evidence` judges the date again at each try; one dated ahead counts from its day on.
    """

    companies: Mapping[str, Company]
    index: CustomerIndex
    reading: Reading
    drafts: Drafts
    today: date
    folder: Path | None = None

    async def run(self, source: Source) -> None:
        """Read the file to its end; the customers must have been imported into the same drafts.

        Raises:
            FileRefused: the file cannot be read at all.
        """
        with Spool(SpooledEvidence, room=HELD, folder=self.folder) as spool:
            spooled: dict[str, Drawers[SpooledEvidence]] = {}
            for batch in self.reading.batches(source, LAYOUT, read_invoice):
                for company, lines in _by_company(batch).items():
                    drawers = spooled.get(company) or spooled.setdefault(company, spool.drawers())
                    drawers.put(await self._read(source.name, self.companies[company], lines))
                await asyncio.sleep(0)  # where an operator's Ctrl-C gets in
            for draft in self.drafts.all():
                if draft.company in spooled:
                    await self._write(source.name, draft, spooled[draft.company])

    async def _read(
        self, file: str, company: Company, lines: Sequence[tuple[int, InvoiceRow]]
    ) -> list[SpooledEvidence]:
        draft = self.drafts.find(company.id)
        if draft is None:
            for line, _ in lines:
                self._tell(file, line, Reason.UNKNOWN_CUSTOMER, "customer_number")
            return []
        found = self._numbered(file, company, lines)
        known = await self._known(file, draft, found)
        evidence, lacking = self._evidence(file, company, draft, known)
        if lacking:
            await self._miss(draft, evidence, lacking)
        return evidence

    async def _write(self, file: str, draft: Draft, drawers: Drawers[SpooledEvidence]) -> None:
        oldest = months_from(self.today, -self.companies[draft.company].evidence_months)
        rows = _earliest(drawers, partial(_count, draft.without, oldest.toordinal()))
        step, done = f"{file} → register", 0
        while batch := list(islice(rows, BATCH)):
            await self.index.add_evidence(draft.generation, batch)
            done += len(batch)
            self.reading.progress(step, done, drawers.count)
        draft.evidence += drawers.count

    def _numbered(
        self, file: str, company: Company, lines: Sequence[tuple[int, InvoiceRow]]
    ) -> list[_Found]:
        read_customer, read_number = customer_numbers_of(company), invoice_numbers_of(company)
        found: list[_Found] = []
        for line, row in lines:
            number = read_customer(row.customer_number)
            invoice = read_number(row.invoice_number)
            if number is None:
                self._tell(file, line, Reason.NOT_A_NUMBER, "customer_number")
            elif invoice is None:
                self._tell(file, line, Reason.NOT_A_NUMBER, "invoice_number")
            else:
                found.append((line, number, invoice, row))
        return found

    async def _known(self, file: str, draft: Draft, found: list[_Found]) -> list[_Found]:
        """Those of customers in this import; the others are told."""
        known = await self.drafts.known(draft, (number for _, number, _, _ in found))
        unknown = [line for line, number, _, _ in found if number not in known]
        if not unknown:
            return found
        for line in unknown:
            self._tell(file, line, Reason.UNKNOWN_CUSTOMER, "customer_number")
        return [one for one in found if one[1] in known]

    def _evidence(
        self, file: str, company: Company, draft: Draft, found: Sequence[_Found]
    ) -> tuple[list[SpooledEvidence], dict[int, str]]:
        """What is kept of these rows; where in it a second item is missing, and of which number."""
        oldest = months_from(self.today, -company.evidence_months)
        oldest_kept = months_from(oldest, -KEPT_MONTHS)
        keep_ocr = company.accepts_ocr and company.ocr_template is None
        by_invoice = draft.keys.evidence_of(company.id, Recipe.INVOICE)
        by_ocr = draft.keys.evidence_of(company.id, Recipe.OCR)
        second = seconds_of(company, draft.keys)
        evidence: list[SpooledEvidence] = []
        lacking: dict[int, str] = {}
        for line, number, invoice, row in found:
            issued_on = row.issued_on
            if row.proves and issued_on >= oldest:
                draft.proving += 1
            else:
                draft.proving_nothing += 1
                if not row.proves or issued_on < oldest_kept:
                    continue
            day = issued_on.toordinal()
            also = second(number, invoice, row)
            if not also:
                lacking[len(evidence)] = number
            evidence.append(SpooledEvidence(by_invoice(number, invoice), day, 0, also))
            if keep_ocr and row.ocr:
                ocr = ocr_number(company, row.ocr)
                if ocr is None:
                    self._tell(file, line, Reason.NOT_AN_OCR, "ocr")
                else:
                    also = second(number, ocr, row)
                    evidence.append(SpooledEvidence(by_ocr(number, ocr), day, 0, also))
        return evidence, lacking

    async def _miss(
        self, draft: Draft, evidence: list[SpooledEvidence], lacking: Mapping[int, str]
    ) -> None:
        """Note who misses what is lacking: a customer who could be linked by that paper."""
        classes = await self.drafts.classes(draft, set(lacking.values()))
        for place, number in lacking.items():
            if number in classes:
                lacks = CLASSES.index(classes[number])
                evidence[place] = evidence[place]._replace(lacks=lacks)

    def _tell(self, file: str, line: int, reason: Reason, column: str) -> None:
        self.reading.findings.add(Finding(file, line, reason, column))


def _by_company(
    batch: Sequence[tuple[int, InvoiceRow]],
) -> Mapping[str, list[tuple[int, InvoiceRow]]]:
    rows: defaultdict[str, list[tuple[int, InvoiceRow]]] = defaultdict(list)
    for each in batch:
        rows[each[1].company].append(each)
    return rows


def _count(without: Counter[CustomerKind], oldest: int, day: int, lacks: int) -> None:
    kind = CLASSES[lacks]
    if kind is not None and day >= oldest:
        without[kind] += 1


def _earliest(
    drawers: Drawers[SpooledEvidence], missed: Callable[[int, int], None]
) -> Iterator[IndexedEvidence]:
    """Each hash once, with its earliest day and what stands on that paper.

    `missed` is told the day of a paper whose second item is missed, and by whom.
    """
    last = b""
    for key, day, lacks, second in drawers.take():
        if key != last:
            last = key
            if lacks:
                missed(day, lacks)
            yield IndexedEvidence(key, date.fromordinal(day), second)
