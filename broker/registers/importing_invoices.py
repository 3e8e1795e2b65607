"""`invoices.csv` into the index: a keyed hash per number that proves something, and its date.

This is the long part of an import (some fourteen rows a customer), so its inner loop is flat and
looks customers up by the batch.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from broker.registers.batches import Reading
from broker.registers.drafts import Draft, Drafts
from broker.registers.findings import Finding, Reason
from broker.registers.hashing import Recipe
from broker.registers.invoices_file import LAYOUT, InvoiceRow, read_invoice
from broker.registers.lines import Source
from broker.registers.numbers import customer_number, invoice_number, ocr_number
from broker.storage.ports import CustomerIndex, IndexedEvidence
from linking.company import Company
from linking.days import months_from

KEPT_MONTHS = 24
"""How much longer than it proves anything the date of an invoice is kept.

A reminder repeats the number of its invoice, and the earliest date of a number counts: without the
invoice's own, a reminder sent after a move would let the previous holder in. A consumer's debt
lapses after three years (preskriptionslagen 1981:130, section 2), hardly later than this.
"""

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

    async def run(self, source: Source) -> None:
        """Read the file to its end; the customers must have been imported into the same drafts.

        Raises:
            FileRefused: the file cannot be read at all.
        """
        for batch in self.reading.batches(source, LAYOUT, read_invoice):
            rows: defaultdict[str, list[tuple[int, InvoiceRow]]] = defaultdict(list)
            for line, row in batch:
                rows[row.company].append((line, row))
            for company, lines in rows.items():
                await self._add(source.name, self.companies[company], lines)

    async def _add(
        self, file: str, company: Company, lines: Sequence[tuple[int, InvoiceRow]]
    ) -> None:
        draft = self.drafts.find(company.id)
        if draft is None:
            for line, _ in lines:
                self._tell(file, line, Reason.UNKNOWN_CUSTOMER, "customer_number")
            return
        found = list(self._numbered(file, company, lines))
        evidence = list(self._evidence(file, company, draft, await self._known(file, draft, found)))
        await self.index.add_evidence(draft.generation, evidence)
        draft.evidence += len(evidence)

    def _numbered(
        self, file: str, company: Company, lines: Sequence[tuple[int, InvoiceRow]]
    ) -> Iterator[_Found]:
        for line, row in lines:
            number = customer_number(company, row.customer_number)
            invoice = invoice_number(company, row.invoice_number)
            if number is None:
                self._tell(file, line, Reason.NOT_A_NUMBER, "customer_number")
            elif invoice is None:
                self._tell(file, line, Reason.NOT_A_NUMBER, "invoice_number")
            else:
                yield line, number, invoice, row

    async def _known(self, file: str, draft: Draft, found: Sequence[_Found]) -> list[_Found]:
        """Those of customers in this import; the others are told."""
        known = await self.drafts.known(draft, (number for _, number, _, _ in found))
        for line, number, _, _ in found:
            if number not in known:
                self._tell(file, line, Reason.UNKNOWN_CUSTOMER, "customer_number")
        return [one for one in found if one[1] in known]

    def _evidence(
        self, file: str, company: Company, draft: Draft, found: Sequence[_Found]
    ) -> Iterator[IndexedEvidence]:
        oldest = months_from(self.today, -company.evidence_months)
        oldest_kept = months_from(oldest, -KEPT_MONTHS)
        keep_ocr = company.accepts_ocr and company.ocr_template is None
        by_invoice = draft.keys.evidence_of(company.id, Recipe.INVOICE)
        by_ocr = draft.keys.evidence_of(company.id, Recipe.OCR)
        for line, number, invoice, row in found:
            if row.proves and row.issued_on >= oldest:
                draft.proving += 1
            else:
                draft.proving_nothing += 1
                if not row.proves or row.issued_on < oldest_kept:
                    continue
            yield IndexedEvidence(by_invoice(number, invoice), row.issued_on)
            if keep_ocr and row.ocr:
                ocr = ocr_number(company, row.ocr)
                if ocr is None:
                    self._tell(file, line, Reason.NOT_AN_OCR, "ocr")
                else:
                    yield IndexedEvidence(by_ocr(number, ocr), row.issued_on)

    def _tell(self, file: str, line: int, reason: Reason, column: str) -> None:
        self.reading.findings.add(Finding(file, line, reason, column))
