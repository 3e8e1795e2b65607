"""What else stands on an invoice: the second item that its company's ladder asks for."""

from collections.abc import Callable
from functools import lru_cache

from broker.registers.hashing import RegisterKeys
from broker.registers.invoices_file import InvoiceRow
from broker.registers.numbers import ocr_number
from linking.codes import read_code
from linking.company import Company
from linking.ladder import SecondItem
from linking.paper import read_amount

Seconds = Callable[[str, str, InvoiceRow], bytes]
"""Of a customer number, an invoice number and its row: the hash, or nothing."""


def seconds_of(company: Company, keys: RegisterKeys) -> Seconds:
    """How one company's second items are hashed, for an import that does so by the million."""
    item = company.ladder.second_item
    read, hashed = reading(item, company), keys.second_of(company.id, item)

    def second(number: str, evidence: str, row: InvoiceRow) -> bytes:
        canonical = read(row)
        return hashed(number, evidence, canonical) if canonical else b""

    return second


def reading(item: SecondItem, company: Company) -> Callable[[InvoiceRow], str | None]:
    """How an invoice's second item is read, in the form of `linking.paper`."""
    match item:
        case SecondItem.AMOUNT_AND_DUE_DATE:
            return _amount_and_due_date
        case SecondItem.OCR:
            return lambda row: ocr_number(company, row.ocr) if row.ocr else None
        case SecondItem.PRINTED_CODE:
            return lambda row: read_code(row.code)


def _amount_and_due_date(row: InvoiceRow) -> str | None:
    ore = _ore(row.amount)
    return f"{ore} {row.due_on}" if row.due_on and ore is not None else None


@lru_cache(maxsize=4096)
def _ore(amount: str) -> int | None:
    """Amounts that are less than nothing are on no paper that anybody pays."""
    return read_amount(amount)
