"""The register's numbers, read exactly as `linking` reads what people type, or they never meet.

Most exports hold bare digits; for those the result of cleaning is known without doing it.
"""

from linking.company import Company
from linking.numbers import LONGEST_INPUT, NumberFormat, is_digits

LONGEST_OCR = 25
"""Digits, check digit included (Bankgirot's rules for OCR references)."""


def customer_number(company: Company, raw: str) -> str | None:
    """Read a customer number; None if it has not the company's shape."""
    if raw.isascii() and raw.isdigit():
        return _bare(company.customer_numbers, raw)
    return _fitting(company.customer_numbers, company.read_customer_number(raw), raw)


def invoice_number(company: Company, raw: str) -> str | None:
    """Read an invoice number; None if it has not the company's shape."""
    if raw.isascii() and raw.isdigit():
        return _bare(company.invoice_numbers, raw)
    return _fitting(company.invoice_numbers, company.read_evidence(raw), raw)


def ocr_number(company: Company, raw: str) -> str | None:
    """Read an OCR number; None if it can be none. Check digits are not every company's habit."""
    is_bare = raw.isascii() and raw.isdigit()
    number = company.invoice_numbers.canonical(raw) if is_bare else company.read_evidence(raw)
    return number if is_digits(number) and len(number) <= LONGEST_OCR else None


def _bare(numbers: NumberFormat, raw: str) -> str | None:
    """Bare digits: cleaning leaves them as they are, and their alphabet fits every company."""
    number = numbers.canonical(raw)
    if len(raw) <= LONGEST_INPUT and numbers.shortest <= len(number) <= numbers.longest:
        return number
    return None


def _fitting(numbers: NumberFormat, number: str, raw: str) -> str | None:
    """The number if it fits. What is too long to be typed would be cut off: it never fits."""
    return number if len(raw) <= LONGEST_INPUT and numbers.fits(number) else None
