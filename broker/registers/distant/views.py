"""The two views of a billing database, and the one statement for each question.

A statement is the same whatever is asked with it, and gives one row for an invoice whether there is
one or not. Everything is read as text, and then as strictly as an export.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from broker.registers import customers_file, invoices_file

CUSTOMER_REQUIRED: Final = customers_file.LAYOUT.required
CUSTOMER_OPTIONAL: Final = (*customers_file.LAYOUT.optional, "status_since", "contact_since")
INVOICE_REQUIRED: Final = invoices_file.LAYOUT.required
INVOICE_OPTIONAL: Final = invoices_file.LAYOUT.optional
KEYS: Final = frozenset({"company", "customer_number", "invoice_number", "ocr"})
"""Columns that are looked up by: text in both views, or nothing would be found by an index."""


@dataclass(frozen=True, slots=True)
class Views:
    """What the views are called: a name, or schema and name with a dot between."""

    customers: str = "farstu_customers"
    invoices: str = "farstu_invoices"


@dataclass(frozen=True, slots=True)
class ViewFacts:
    """`customers` and `invoices` are columns and their types; None where the view is not there.

    `may_write` is how many tables and views our user could change. `empty` are companies without
    any customer. `seconds` is how long it took to look for an invoice that nobody has.
    """

    customers: dict[str, str] | None
    invoices: dict[str, str] | None
    may_write: int
    is_superuser: bool
    empty: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Statements:
    """Of views that have these columns."""

    customers: str
    invoice: str
    invoice_or_ocr: str
    size: str
    all_customers: str
    all_invoices: str


def statements(
    views: Views, customer_columns: Collection[str], invoice_columns: Collection[str]
) -> Statements:
    """Write them once; columns that a view does not have are empty."""
    customer = _cells((*CUSTOMER_REQUIRED, *CUSTOMER_OPTIONAL), customer_columns)
    invoice = _cells((*INVOICE_REQUIRED, *INVOICE_OPTIONAL), invoice_columns)
    customers, invoices = quoted(views.customers), quoted(views.invoices)
    by_number = _earliest(invoice, invoices, "invoice_number")
    by_ocr = _earliest(invoice, invoices, "ocr")
    return Statements(
        customers=f"SELECT {customer} FROM {customers} "  # noqa: S608 - no value of anybody's
        "WHERE company = $1 AND customer_number = ANY($2)",
        invoice=f"SELECT i.cells AS by_number, NULL::text[] AS by_ocr FROM (SELECT 1) AS always "  # noqa: S608
        f"LEFT JOIN LATERAL ({by_number}) AS i ON true",
        invoice_or_ocr=f"SELECT i.cells AS by_number, o.cells AS by_ocr FROM (SELECT 1) AS always "  # noqa: S608
        f"LEFT JOIN LATERAL ({by_number}) AS i ON true "
        f"LEFT JOIN LATERAL ({by_ocr}) AS o ON true",
        size=f"SELECT count(*) FROM {customers} WHERE company = $1",  # noqa: S608
        all_customers=f"SELECT {customer} FROM {customers} WHERE company = $1",  # noqa: S608
        all_invoices=f"SELECT {invoice} FROM {invoices} WHERE company = $1",  # noqa: S608
    )


def quoted(view: str) -> str:
    """The view's name as SQL has it."""
    return ".".join('"{}"'.format(part.replace('"', '""')) for part in view.split("."))


def _earliest(cells: str, invoices: str, column: str) -> str:
    """One of a customer's invoices by a number of its: the earliest, and no credit note."""
    return (
        f"SELECT {cells} FROM {invoices} "  # noqa: S608 - no value of anybody's
        f"WHERE company = $1 AND customer_number = $2 AND {column} = $3 "
        "AND lower(type::text) <> 'credit' ORDER BY issued_on LIMIT 1"
    )


def _cells(wanted: Sequence[str], there: Collection[str]) -> str:
    """All columns as one array of text, in the order of the file's."""
    cells = [f"coalesce({each}::text, '')" if each in there else "''" for each in wanted]
    return f"ARRAY[{', '.join(cells)}]::text[] AS cells"
