"""What is asked of a billing system, and what comes back: the same by SQL and by HTTP.

Facts as they are there, strictly read. What they prove is judged elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

from broker.registers import fields
from broker.registers.customers_file import CustomerRow, read_customer
from broker.registers.findings import RowRefused
from broker.registers.invoices_file import InvoiceRow, read_invoice
from broker.storage.register_ports import SecondItems
from linking.ladder import SecondItem

T = TypeVar("T")


class SourceFailed(Exception):
    """The billing system gave no answer that can be used; never with a value in it.

    `is_outage`: there was no answer at all, or one that says that it cannot answer.
    """

    def __init__(self, cause: str, *, is_outage: bool) -> None:
        super().__init__(cause)
        self.cause = cause
        self.is_outage = is_outage


class FoundCustomer(NamedTuple):
    """A customer as a row of an export, and what only a living register knows.

    `contact_since` and `status_since` are dates from which on they have been so, if it says so.
    """

    row: CustomerRow
    status_since: date | None
    contact_since: date | None

    def __repr__(self) -> str:
        return f"FoundCustomer({self.row!r})"


@dataclass(frozen=True, slots=True)
class FoundInvoices:
    """Invoices of exactly this customer, by what the number was taken for; no credit notes.

    Of each the earliest, since a reminder repeats its invoice's number.
    """

    by_number: InvoiceRow | None = None
    by_ocr: InvoiceRow | None = None


class Source(Protocol):
    """A billing system. Every verb raises SourceFailed. Numbers are in their company's form."""

    @property
    def at_once(self) -> int:
        """How many customers may be asked for together."""
        ...

    async def invoices(self, company: str, number: str, evidence: str) -> FoundInvoices: ...

    async def customers(self, company: str, numbers: Sequence[str]) -> Mapping[str, FoundCustomer]:
        """Those that there are, by number. One whose row cannot be read is not there."""
        ...

    async def size(self, company: str) -> int | None:
        """How many customers the company has; None where the register does not say."""
        ...

    async def second_items(
        self, company: str, item: SecondItem, *, since: date
    ) -> SecondItems | None:
        """On how many invoices since then this item is missing; None where it does not say.

        Of customers who can be linked. Where that is in doubt, more are counted rather than fewer.
        """
        ...


Refused = Callable[[RowRefused], None]
"""Told why a row cannot be read."""


def unsaid(_why: RowRefused) -> None:
    """To whoever asks about one customer, a row that cannot be read is not there."""


def found_customer(cells: Sequence[str], refused: Refused = unsaid) -> FoundCustomer | None:
    """Read a customer: the cells of `customers.csv`, then `status_since` and `contact_since`."""
    *file_cells, status_since, contact_since = cells
    return _readable(
        lambda: FoundCustomer(
            _with_usable_address(read_customer(tuple(file_cells))),
            fields.optional_date(status_since, "status_since"),
            fields.optional_date(contact_since, "contact_since"),
        ),
        refused,
    )


def found_invoice(cells: Sequence[str], refused: Refused = unsaid) -> InvoiceRow | None:
    """Read an invoice: the cells of `invoices.csv`."""
    return _readable(lambda: read_invoice(tuple(cells)), refused)


def _with_usable_address(row: CustomerRow) -> CustomerRow:
    return row if fields.is_address(row.email) else row._replace(email="")


def _readable(read: Callable[[], T], refused: Refused) -> T | None:
    try:
        return read()
    except RowRefused as why:
        refused(why)
        return None
