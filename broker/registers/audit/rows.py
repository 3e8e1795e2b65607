"""Where an audit's rows come from: an export today, and whatever else can say the same.

An adapter yields what is sound in itself, some hundred or thousand rows at a time; its iterators
are asked for once, customers first. Numbers are as the billing system writes them: the audit reads
them, as the import does. Invoices come by the column, since there are millions: whoever has them
by the row hands them to `by_columns`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from typing import Any, NamedTuple, Protocol, cast

from broker.registers.customers_file import CustomerRow
from broker.registers.invoices_file import InvoiceRow


class InvoiceColumns(NamedTuple):
    """Invoices of one company; all columns are as long as `lines`.

    A line is what a finding about the row names: a line of a file, or a count. `issued_on` is as
    `date.toordinal` counts; `due_on` an ISO date or empty; the others are as in `InvoiceRow`.
    """

    company: str
    lines: Sequence[int]
    customer_number: Sequence[str]
    invoice_number: Sequence[str]
    ocr: Sequence[str]
    issued_on: Sequence[int]
    proves: Sequence[bool]
    due_on: Sequence[str]
    amount: Sequence[str]
    code: Sequence[str]

    def only(self, which: Sequence[bool]) -> "InvoiceColumns":
        """Those rows."""
        columns = cast("tuple[Sequence[Any], ...]", self[1:])
        return InvoiceColumns(self.company, *(list(compress(each, which)) for each in columns))

    def __repr__(self) -> str:
        """Nothing of whose rows they are, lest it end in a traceback."""
        return f"InvoiceColumns(company={self.company!r})"


class RegisterRows(Protocol):
    """A register's rows. The names stand in findings: a file's, or a view's."""

    @property
    def customers_name(self) -> str: ...

    @property
    def invoices_name(self) -> str: ...

    def customers(self) -> Iterator[Sequence[tuple[int, CustomerRow]]]: ...

    def invoices(self) -> Iterator[InvoiceColumns]: ...


def by_columns(rows: Iterable[tuple[int, InvoiceRow]]) -> Iterator[InvoiceColumns]:
    """Rows that come one by one, each with its line."""
    of_company: defaultdict[str, list[tuple[int, InvoiceRow]]] = defaultdict(list)
    for each in rows:
        of_company[each[1].company].append(each)
    for company, some in of_company.items():
        lines, papers = zip(*some, strict=True)
        _, customer, invoice, ocr, issued_on, proves, due_on, amount, code = zip(
            *papers, strict=True
        )
        days = [day.toordinal() for day in issued_on]
        yield InvoiceColumns(
            company, lines, customer, invoice, ocr, days, proves, due_on, amount, code
        )
