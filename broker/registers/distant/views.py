"""The two views of a billing database, and the one statement for each question.

What somebody typed is looked up among its neighbours: some rows from there on, in the order of an
index, from which the right one is taken if it is among them. So much is read, cast and sent whether
there is such a row or not. Everything is read as text, and then as strictly as an export.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from broker.registers import customers_file, invoices_file
from linking.ladder import SecondItem
from linking.typed.paper import OLDEST_YEAR, YEARS_AHEAD

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
    without: Mapping[SecondItem, str]


def statements(
    views: Views, customer_columns: Collection[str], invoice_columns: Collection[str]
) -> Statements:
    """Write them once; columns that a view does not have are empty."""
    customer = _cells((*CUSTOMER_REQUIRED, *CUSTOMER_OPTIONAL), customer_columns)
    invoice = _cells((*INVOICE_REQUIRED, *INVOICE_OPTIONAL), invoice_columns)
    customers, invoices = quoted(views.customers), quoted(views.invoices)
    by_number = _nearby(
        invoice, invoices, ("customer_number", "invoice_number"), NOBODYS_INVOICE, _INVOICES
    )
    by_ocr = _nearby(invoice, invoices, ("customer_number", "ocr"), NOBODYS_INVOICE, _INVOICES)
    one = _nearby(customer, customers, ("customer_number",), NOBODY, _CUSTOMERS)
    return Statements(
        customer=_always(NOBODY, customer=one),
        customers=f"SELECT {customer} FROM {customers} "  # noqa: S608 - no value of anybody's
        "WHERE company = $1 AND customer_number = ANY($2)",
        invoice=_always(NOBODYS_INVOICE, by_number=by_number),
        invoice_or_ocr=_always(NOBODYS_INVOICE, by_number=by_number, by_ocr=by_ocr),
        size=f"SELECT count(*) FROM {customers} WHERE company = $1",  # noqa: S608
        all_customers=f"SELECT {customer} FROM {customers} WHERE company = $1",  # noqa: S608
        all_invoices=f"SELECT {invoice} FROM {invoices} WHERE company = $1",  # noqa: S608
        without={
            item: _without(customers, invoices, bears)
            for item, bears in _bearing(frozenset(invoice_columns)).items()
        },
    )


def _bearing(columns: Collection[str]) -> Mapping[SecondItem, str]:
    """When a row surely bears an item: less than what is read of it, and never more."""
    amount = "replace(i.amount::text, ' ', '') ~ '^[-+]?[0-9]{1,9}([.,][0-9]{1,2})?$'"
    due_on = (
        "i.due_on::text ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND left(i.due_on::text, 4) "
        f"BETWEEN '{OLDEST_YEAR}' AND (left($2, 4)::int + {YEARS_AHEAD})::text"
    )
    code = "i.code::text ~ '[0-9A-Za-z]'" if "code" in columns else "false"
    return {
        SecondItem.AMOUNT_AND_DUE_DATE: f"{amount} AND {due_on}",
        SecondItem.OCR: "i.ocr::text ~ '^[0-9 -]*[1-9][0-9 -]*$'",
        SecondItem.PRINTED_CODE: code,
    }


def _without(customers: str, invoices: str, bears: str) -> str:
    """Per class, invoices since $2 that do not; of a number in several rows, its earliest row."""
    proves = "lower({0}.type::text) <> 'credit'"
    number = "({0}.company, {0}.customer_number, {0}.invoice_number)"
    same = f"{number.format('e')} = {number.format('i')}"
    return (
        "SELECT lower(c.kind::text) = 'private' AS is_private, count(*) AS invoices "  # noqa: S608
        f"FROM {invoices} AS i JOIN {customers} AS c "
        "ON c.company = i.company AND c.customer_number = i.customer_number "
        f"WHERE i.company = $1 AND i.issued_on::text >= $2 AND {proves.format('i')} "
        f"AND ({bears}) IS NOT TRUE "
        "AND lower(c.status::text) NOT IN ('closed', 'deceased') "
        "AND lower(c.protected::text) NOT IN ('true', 't', '1') "
        f"AND NOT EXISTS (SELECT FROM {invoices} AS e WHERE {same} "
        f"AND e.issued_on < i.issued_on AND {proves.format('e')}) GROUP BY 1"
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    """Of `most` neighbours: which could be it, which of several it is, and when it is none.

    `times` counts the rows with its number.
    """

    most: int
    counts: str
    first: str
    is_sound: str


_CUSTOMERS: Final = _Choice(2, counts="true", first="true", is_sound="times = 1")
# A reminder repeats its invoice's number, so the earliest is taken; of a number that stands in all
# of the rows, the earliest might be beyond them.
_INVOICES: Final = _Choice(
    8, counts="lower(type::text) <> 'credit'", first="issued_on", is_sound="times < 8"
)


def _nearby(
    cells: str, view: str, columns: Sequence[str], nobodys: Sequence[str], choice: _Choice
) -> str:
    """One row: the cells of whose numbers are $2 and following, or nobody's.

    From there on in the order of these columns; at the end, on from the beginning.
    """
    order = ", ".join(columns)
    place = ", ".join(f"${n}" for n, _ in enumerate(columns, 2))
    rows = f"SELECT {cells}, {order}, {choice.counts} AS counts, {choice.first} AS first"
    here = f"FROM {view} WHERE company = $1"
    ahead = f"{rows}, true AS ahead {here} AND ({order}) >= ({place})"
    near = " UNION ALL ".join(
        f"({each} ORDER BY {order} LIMIT {choice.most})"
        for each in (ahead, f"{rows}, false AS ahead {here}")
    )
    has_number = f"ahead AND ({order}) = ({place})"
    return (
        f"SELECT CASE WHEN is_it THEN cells ELSE {_literal(nobodys)} END AS cells, "  # noqa: S608
        f"is_it AND {choice.is_sound} AS is_it FROM (SELECT cells, first, "
        f"{has_number} AND counts AS is_it, count(*) FILTER (WHERE {has_number}) OVER () AS times "
        f"FROM ({near} LIMIT {choice.most}) AS near) AS found ORDER BY is_it DESC, first LIMIT 1"
    )


def _always(nobodys: Sequence[str], **parts: str) -> str:
    """One row in any case, also of an empty view: of each part its cells, and whether it is it."""
    columns = [
        f"coalesce({name}.cells, {_literal(nobodys)}) AS {name}, "
        f"coalesce({name}.is_it, false) AS has_{name}"
        for name in parts
    ]
    joins = [f"LEFT JOIN LATERAL ({query}) AS {name} ON true" for name, query in parts.items()]
    return f"SELECT {', '.join(columns)} FROM (SELECT 1) AS always {' '.join(joins)}"  # noqa: S608


def _literal(cells: Sequence[str]) -> str:
    texts = ", ".join("'" + each.replace("'", "''") + "'" for each in cells)
    return f"ARRAY[{texts}]::text[]"


def quoted(view: str) -> str:
    """The view's name as SQL has it."""
    return ".".join('"{}"'.format(part.replace('"', '""')) for part in view.split("."))


def _cells(wanted: Sequence[str], there: Collection[str]) -> str:
    """All columns as one array of text, in the order of the file's."""
    cells = [f"coalesce({each}::text, '')" if each in there else "''" for each in wanted]
    return f"ARRAY[{', '.join(cells)}]::text[] AS cells"
