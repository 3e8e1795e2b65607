"""`invoices.csv`: what was billed, one row each."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from broker.registers.csv_reading import Layout
from broker.registers.fields import check_amount, iso_date, required
from broker.registers.findings import Reason, RowRefused

LAYOUT = Layout(
    required=(
        "company",
        "customer_number",
        "invoice_number",
        "ocr",
        "issued_on",
        "due_on",
        "amount",
        "type",
    ),
    optional=("code",),
)


class InvoiceType(StrEnum):
    """What kind of paper it is; a credit note proves nothing."""

    INVOICE = "invoice"
    CREDIT = "credit"
    REMINDER = "reminder"
    FINAL = "final"


class InvoiceRow(NamedTuple):
    """A row whose fields are sound; its numbers are still as they were exported.

    `due_on` is an ISO date or empty.
    """

    company: str
    customer_number: str
    invoice_number: str
    ocr: str
    issued_on: date
    proves: bool
    due_on: str
    amount: str
    code: str

    def __repr__(self) -> str:
        """Nothing of whose row it is, lest it end in a traceback."""
        return f"InvoiceRow(company={self.company!r})"


PROVES = {kind.value: kind is not InvoiceType.CREDIT for kind in InvoiceType}


def read_invoice(fields: tuple[str, ...]) -> InvoiceRow:
    """Make an invoice of a row's fields.

    `ocr` may be empty (paid by direct debit); `due_on` may be empty.

    Raises:
        RowRefused: with column and reason.
    """
    company, customer_number, invoice_number, ocr, issued_on, due_on, amount, kind, code = fields
    proves = PROVES.get(kind)
    if proves is None:
        proves = _proves(kind)
    if due_on:
        iso_date(due_on, "due_on")
    check_amount(amount, "amount")
    return InvoiceRow(
        company,
        required(customer_number, "customer_number"),
        required(invoice_number, "invoice_number"),
        ocr,
        iso_date(issued_on, "issued_on"),
        proves,
        due_on,
        amount,
        code,
    )


def _proves(kind: str) -> bool:
    try:
        return PROVES[required(kind, "type").casefold()]
    except KeyError:
        raise RowRefused(Reason.NOT_A_TYPE, "type") from None
