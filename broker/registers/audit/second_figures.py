"""The second item of a row as figures, read exactly as the import reads it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from broker.registers.audit.figures_of_text import (
    DIGITS,
    LETTERS,
    NOTHING,
    Rest,
    rest_of_ocr,
    with_length,
)
from broker.registers.audit.rows import InvoiceColumns
from broker.registers.numbers import ocr_number
from broker.registers.second_items import all_ore_of
from linking.codes.code import read_code
from linking.company import Company
from linking.ladder import SecondItem

SecondFigures = Callable[[Sequence[str], Sequence[str], InvoiceColumns], list[int]]
"""Of the numbers of customers and invoices, as read, and their columns; `NOTHING` for none."""

BASES: Final = {SecondItem.PRINTED_CODE: LETTERS, SecondItem.OCR: DIGITS}
"""Of those that are figures with their length kept; an amount is in öre."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """How a company's second items, and its OCR numbers as evidence, become figures."""

    second: SecondFigures
    ocr: SecondFigures | None


def seconds_of(company: Company, some_ocr: Sequence[str]) -> Seconds:
    """`some_ocr` are exported OCR numbers, to see how they are made."""
    read = (ocr_number(company, raw) for raw in some_ocr if raw)
    rest = rest_of_ocr([ocr for ocr in read if ocr is not None], company)
    takes_ocr = company.accepts_ocr and company.ocr_template is None
    return Seconds(_second(company, rest), _as_evidence(company, rest) if takes_ocr else None)


def _second(company: Company, rest: Rest) -> SecondFigures:
    match company.ladder.second_item:
        case SecondItem.AMOUNT_AND_DUE_DATE:
            return lambda _customers, _invoices, papers: _amounts(papers)
        case SecondItem.OCR:
            return lambda customers, invoices, papers: [
                _rest(company, rest, *each)
                for each in zip(papers.ocr, customers, invoices, strict=True)
            ]
        case SecondItem.PRINTED_CODE:
            return lambda _customers, _invoices, papers: list(map(_code, papers.code))


def _as_evidence(company: Company, rest: Rest) -> SecondFigures:
    """What the customer number does not tell of an OCR number."""
    return lambda customers, _invoices, papers: [
        _rest(company, rest, ocr, customer, "")
        for ocr, customer in zip(papers.ocr, customers, strict=True)
    ]


def _rest(company: Company, rest: Rest, raw: str, customer: str, invoice: str) -> int:
    ocr = ocr_number(company, raw) if raw else None
    return NOTHING if ocr is None else rest(ocr, customer, invoice)


def _amounts(papers: InvoiceColumns) -> list[int]:
    """The amount alone: whoever knows the number knows the billing run, and when it is due."""
    return [
        NOTHING if ore is None or not due_on else ore
        for ore, due_on in zip(all_ore_of(papers.amount), papers.due_on, strict=True)
    ]


def _code(raw: str) -> int:
    code = read_code(raw)
    return with_length(code, LETTERS) if code else NOTHING
