"""Rows into columns: numbers read as `linking` reads them, what cannot count told by line.

The long part of an audit, so its loops are flat. Closed, deceased and protected customers are known
too, so that their invoices are not taken for strangers'; they are nobody's target.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress, repeat
from typing import Final, cast

from broker.registers.audit.columns import ORGANISATION, TARGET, Columns, halve_the_largest
from broker.registers.audit.contacts import ways_to
from broker.registers.audit.figures_of_text import NOTHING, figure, figures
from broker.registers.audit.rows import InvoiceColumns, RegisterRows
from broker.registers.audit.second_figures import Seconds, seconds_of
from broker.registers.customers_file import CustomerRow
from broker.registers.findings import Finding, FindingTally, Reason
from broker.registers.importing_invoices import KEPT_MONTHS
from broker.registers.numbers import ReadAll, all_customer_numbers_of, all_invoice_numbers_of
from linking.company import Company
from linking.days import months_from
from linking.model import CustomerKind, CustomerStatus

_SOME: Final = 2_000
_STRANGER: Final = -1
_UNREAD: Final = -2


class _Days(dict[str, int]):
    """ISO dates that were found to be dates as the day's number; nothing is `NOTHING`."""

    def __missing__(self, text: str) -> int:
        day = self[text] = date.fromisoformat(text).toordinal() if text else NOTHING
        return day


@dataclass(eq=False)
class _Reader:
    """How one company's rows are read; `seconds` waits for the first invoices."""

    company: Company
    customer_numbers: ReadAll
    invoice_numbers: ReadAll
    oldest_day: int
    columns: Columns = field(default_factory=Columns)
    seconds: Seconds | None = None


@dataclass(eq=False)
class Taking:
    """Takes one register's rows, customers first; `today` is the date in Sweden."""

    companies: Mapping[str, Company]
    findings: FindingTally
    today: date
    _readers: dict[str, _Reader] = field(default_factory=dict, init=False)
    _days: _Days = field(default_factory=_Days, init=False)

    def run(self, rows: RegisterRows) -> dict[str, Columns]:
        """Every company that has a customer, with its columns."""
        for customers in rows.customers():
            for company, some in _by_company(customers).items():
                self._customers(rows.customers_name, self._reader(company), some)
            self._keep_within_bounds()
        for papers in rows.invoices():
            self._invoices(rows.invoices_name, papers)
            self._keep_within_bounds()
        return {
            name: each.columns for name, each in self._readers.items() if each.columns.owners.places
        }

    def _reader(self, name: str) -> _Reader:
        found = self._readers.get(name)
        if found is None:
            company = self.companies[name]
            oldest = months_from(self.today, -company.evidence_months - KEPT_MONTHS)
            read = all_customer_numbers_of(company), all_invoice_numbers_of(company)
            found = self._readers[name] = _Reader(company, *read, oldest.toordinal())
        return found

    def _keep_within_bounds(self) -> None:
        halve_the_largest([each.columns for each in self._readers.values()])

    def _customers(
        self, file: str, reader: _Reader, rows: Sequence[tuple[int, CustomerRow]]
    ) -> None:
        columns = reader.columns
        numbers = reader.customer_numbers([row.number for _, row in rows])
        for (line, row), number in zip(rows, numbers, strict=True):
            if number is None:
                self._tell(file, line, Reason.NOT_A_NUMBER, "customer_number")
            elif number in columns.owners.places:
                self._tell(file, line, Reason.DUPLICATE_CUSTOMER, "customer_number")
            elif columns.wants(number):
                earliest = row.evidence_from.toordinal() if row.evidence_from else 0
                columns.add_customer(number, figure(number), _marks(row), earliest)

    def _invoices(self, file: str, papers: InvoiceColumns) -> None:
        """Keep what can be evidence, and older papers that date a number."""
        reader = self._reader(papers.company)
        customers = reader.customer_numbers(papers.customer_number)
        owners = self._owners(file, reader, papers.lines, customers)
        numbers = reader.invoice_numbers(papers.invoice_number)
        if None in numbers:
            for line, number, owner in zip(papers.lines, numbers, owners, strict=True):
                if number is None and owner != _UNREAD:
                    self._tell(file, line, Reason.NOT_A_NUMBER, "invoice_number")
        if not _are_all_evidence(papers, owners, numbers, reader.oldest_day):
            kept = _evidence(papers, owners, numbers, reader.oldest_day)
            papers = papers.only(kept)
            owners = list(compress(owners, kept))
            customers, numbers = list(compress(customers, kept)), list(compress(numbers, kept))
        if owners:
            self._keep(reader, papers, owners, _all_read(customers), _all_read(numbers))

    def _owners(
        self, file: str, reader: _Reader, lines: Sequence[int], numbers: Sequence[str | None]
    ) -> list[int]:
        """Each paper's customer, or less than zero."""
        places = reader.columns.owners.places
        # What could not be read is nobody's number.
        found = map(places.get, cast("Sequence[str]", numbers), repeat(_STRANGER))
        owners = cast("list[int]", list(found))
        if _STRANGER not in owners:
            return owners
        mask = (
            reader.columns.mask
        )  # of those who are not looked at nobody says that they are unknown
        for at in [
            at
            for at, (owner, number) in enumerate(zip(owners, numbers, strict=True))
            if (owner == _STRANGER and not hash(number) & mask) or number is None
        ]:
            reason = Reason.UNKNOWN_CUSTOMER
            if numbers[at] is None:
                owners[at], reason = _UNREAD, Reason.NOT_A_NUMBER
            self._tell(file, lines[at], reason, "customer_number")
        return owners

    def _keep(
        self,
        reader: _Reader,
        papers: InvoiceColumns,
        owners: Sequence[int],
        customers: Sequence[str],
        numbers: Sequence[str],
    ) -> None:
        if reader.seconds is None:
            reader.seconds = seconds_of(reader.company, papers.ocr[:_SOME])
        columns, seconds = reader.columns.papers, reader.seconds
        columns.owner.extend(owners)
        columns.number.extend(figures(numbers))
        columns.day.extend(papers.issued_on)
        columns.due.extend(map(self._days.__getitem__, papers.due_on))
        columns.second.extend(seconds.second(customers, numbers, papers))
        if seconds.ocr is not None:
            columns.ocr.extend(seconds.ocr(customers, numbers, papers))

    def _tell(self, file: str, line: int, reason: Reason, column: str) -> None:
        self.findings.add(Finding(file, line, reason, column))


def _are_all_evidence(
    papers: InvoiceColumns, owners: Sequence[int], numbers: Sequence[str | None], oldest: int
) -> bool:
    """Whether `_evidence` would keep every row; by the column, as mostly all are."""
    return (
        all(papers.proves)
        and None not in numbers
        and min(owners, default=0) >= 0
        and min(papers.issued_on, default=oldest) >= oldest
    )


def _evidence(
    papers: InvoiceColumns, owners: Sequence[int], numbers: Sequence[str | None], oldest: int
) -> list[bool]:
    """Which of the rows can be evidence, or date some."""
    return [
        proves and owner >= 0 and day >= oldest and number is not None
        for proves, owner, day, number in zip(
            papers.proves, owners, papers.issued_on, numbers, strict=True
        )
    ]


def _all_read(numbers: Sequence[str | None]) -> Sequence[str]:
    """The same; None are no longer among them."""
    return cast("Sequence[str]", numbers)


def _marks(row: CustomerRow) -> int:
    marks = ways_to(row)
    if row.status is CustomerStatus.ACTIVE and not row.protected:
        marks |= TARGET
    if row.kind is CustomerKind.ORGANISATION:
        marks |= ORGANISATION
    return marks


def _by_company(
    batch: Iterable[tuple[int, CustomerRow]],
) -> Mapping[str, list[tuple[int, CustomerRow]]]:
    rows: defaultdict[str, list[tuple[int, CustomerRow]]] = defaultdict(list)
    for each in batch:
        rows[each[1].company].append(each)
    return rows
