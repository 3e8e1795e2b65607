"""The two views of a billing database, and the one statement for each question.

A statement is the same whatever is asked with it. What somebody typed gets one row of cells in any
case: nobody's, where there is nothing, so that reading them takes as long. Everything is read as
text, and then as strictly as an export.
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


NOBODY: Final = (
    "nobody", "0", "private", "active", "nobody@example.invalid", "070-174 06 05", "0", "Nobody",
    "", "", "",
)  # fmt: skip
NOBODYS_INVOICE: Final = (
    "nobody", "0", "0", "0", "2000-01-01", "2000-01-01", "100.00", "invoice", "0",
)  # fmt: skip


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

    customer: str
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
    one = f"SELECT {customer} FROM {customers} WHERE company = $1 AND customer_number = $2 LIMIT 2"  # noqa: S608 - no value of anybody's
    return Statements(
        customer=_always(customer=(one, NOBODY)),
        customers=f"SELECT {customer} FROM {customers} "  # noqa: S608
        "WHERE company = $1 AND customer_number = ANY($2)",
        invoice=_always(by_number=(by_number, NOBODYS_INVOICE)),
        invoice_or_ocr=_always(
            by_number=(by_number, NOBODYS_INVOICE), by_ocr=(by_ocr, NOBODYS_INVOICE)
        ),
        size=f"SELECT count(*) FROM {customers} WHERE company = $1",  # noqa: S608
        all_customers=f"SELECT {customer} FROM {customers} WHERE company = $1",  # noqa: S608
        all_invoices=f"SELECT {invoice} FROM {invoices} WHERE company = $1",  # noqa: S608
    )


def _always(**parts: tuple[str, tuple[str, ...]]) -> str:
    """One row in any case: of each part its cells, or nobody's, and whether they are somebody's."""
    columns = [
        f"coalesce({name}.cells, {_literal(nobodys)}) AS {name}, "
        f"{name}.cells IS NOT NULL AS has_{name}"
        for name, (_, nobodys) in parts.items()
    ]
    joins = [f"LEFT JOIN LATERAL ({query}) AS {name} ON true" for name, (query, _) in parts.items()]
    return f"SELECT {', '.join(columns)} FROM (SELECT 1) AS always {' '.join(joins)}"  # noqa: S608


def _literal(cells: Sequence[str]) -> str:
    texts = ", ".join("'" + each.replace("'", "''") + "'" for each in cells)
    return f"ARRAY[{texts}]::text[]"


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
