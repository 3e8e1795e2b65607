"""The sister companies of a generated register and how each of them numbers things."""

from dataclasses import dataclass
from enum import Enum

from linking.typed.numbers import luhn_digit


class OcrStyle(Enum):
    """What an OCR number is made of, before its check digit."""

    INVOICE = "{invoice}{check}"
    INVOICE_AND_LENGTH = "{invoice}{len}{check}"
    CUSTOMER_AND_INVOICE = "{customer}{invoice}{len}{check}"

    def make(self, customer: int, invoice: int) -> str:
        """Make the OCR number: Luhn check digit, length digit = whole length modulo 10."""
        body = str(invoice)
        if self is OcrStyle.CUSTOMER_AND_INVOICE:
            body = f"{customer}{body}"
        if self is not OcrStyle.INVOICE:
            body += str((len(body) + 2) % 10)
        return body + luhn_digit(body)


@dataclass(frozen=True, slots=True)
class SisterCompany:
    """One legal person of the group.

    `share` is the part of all households that are its customers; `months_between` its billing
    rhythm.
    """

    id: str
    first_customer: int
    first_invoice: int
    ocr: OcrStyle
    share: float
    months_between: int = 1


def sister_companies(
    *, electricity: str = "elhandel", grid: str = "elnat", heating: str = "fjarrvarme"
) -> tuple[SisterCompany, ...]:
    """Three companies under the given ids: electricity, grid and district heating."""
    return (
        SisterCompany(electricity, 2_000_017, 71_000_001, OcrStyle.INVOICE_AND_LENGTH, 0.62),
        SisterCompany(grid, 100_003, 4_100_001, OcrStyle.CUSTOMER_AND_INVOICE, 1.0),
        SisterCompany(heating, 50_011, 900_001, OcrStyle.INVOICE, 0.24, months_between=2),
    )
