"""What else stands on an invoice: the second item that its company's ladder asks for."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from broker.registers.hashing import RegisterKeys
from broker.registers.invoices_file import InvoiceRow
from linking.codes.code import read_code
from linking.company import Company
from linking.ladder import SecondItem
from linking.typed.paper import OLDEST_YEAR, YEARS_AHEAD, read_amount, read_ocr

_LONGEST_KRONOR = 9
"""Figures, as `linking.typed.paper` reads them."""

_PLAIN = re.compile(r"(?:[0-9]{1,9}[.,][0-9]{2}\n)*+")

Seconds = Callable[[str, str, InvoiceRow], bytes]
"""Of a customer number, an invoice number and its row: the hash, or nothing."""


def seconds_of(company: Company, keys: RegisterKeys) -> Seconds:
    """How one company's second items are hashed, for an import that does so by the million."""
    item = company.ladder.second_item
    read, hashed = reading(item), keys.second_of(company.id, item)

    def second(number: str, evidence: str, row: InvoiceRow) -> bytes:
        canonical = read(row)
        return hashed(number, evidence, canonical) if canonical else b""

    return second


def reading(item: SecondItem) -> Callable[[InvoiceRow], str | None]:
    """How an invoice's second item is read, in the form of `linking.typed.paper`."""
    match item:
        case SecondItem.AMOUNT_AND_DUE_DATE:
            return _amount_and_due_date
        case SecondItem.OCR:
            return lambda row: read_ocr(row.ocr)
        case SecondItem.PRINTED_CODE:
            return lambda row: read_code(row.code)


def _amount_and_due_date(row: InvoiceRow) -> str | None:
    ore = ore_of(row.amount)
    return f"{ore} {row.due_on}" if ore is not None and _is_typed(row) else None


def _is_typed(row: InvoiceRow) -> bool:
    """Whether the form takes that day (`can_be_due`), as soon as the invoice proves anything."""
    due_on = row.due_on
    return bool(due_on) and OLDEST_YEAR <= int(due_on[:4]) <= row.issued_on.year + YEARS_AHEAD


def ore_of(amount: str) -> int | None:
    """Whole öre, without a sign, as `linking.typed.paper` reads it."""
    whole, point, part = amount[:-3], amount[-3:-2], amount[-2:]
    if amount.isascii() and whole.isdigit() and part.isdigit() and point in (",", "."):
        return int(whole + part) if len(whole) <= _LONGEST_KRONOR else None
    return _read_amount(amount)


def all_ore_of(amounts: Sequence[str]) -> Sequence[int | None]:
    """As `ore_of`, for whoever has them by the column."""
    if not _PLAIN.fullmatch("\n".join([*amounts, ""])):
        return [ore_of(each) for each in amounts]
    digits = "\n".join(amounts).replace(",", "").replace(".", "")
    return [int(each) for each in digits.split("\n")] if amounts else []


@lru_cache(maxsize=4096)
def _read_amount(amount: str) -> int | None:
    return read_amount(amount)
