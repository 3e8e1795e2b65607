"""The register's numbers, read exactly as `linking` reads what people type, or they never meet.

Most exports hold bare digits; for those the result of cleaning is known without doing it.
"""

from collections.abc import Callable, Sequence

from linking.company import LONGEST_OCR, NOBODYS, Company
from linking.typed.numbers import LONGEST_INPUT, NumberFormat, is_digits

Read = Callable[[str], str | None]
"""A number as exported to the number as the company means it; None if it has not its shape."""

ReadAll = Callable[[Sequence[str]], Sequence[str | None]]
"""As `Read`, of many at once."""


def customer_number(company: Company, raw: str) -> str | None:
    """Read a customer number; None if it has not the company's shape."""
    return customer_numbers_of(company)(raw)


def invoice_number(company: Company, raw: str) -> str | None:
    """Read an invoice number; None if it has not the company's shape."""
    return invoice_numbers_of(company)(raw)


def customer_numbers_of(company: Company) -> Read:
    """How one company's customer numbers are read, for those who read them by the million."""
    return _reading(company.customer_numbers, company.read_customer_number)


def invoice_numbers_of(company: Company) -> Read:
    """As `customer_numbers_of`."""
    return _reading(company.invoice_numbers, company.read_evidence)


def all_customer_numbers_of(company: Company) -> ReadAll:
    """As `customer_numbers_of`, for whoever has them by the column."""
    return _reading_all(company.customer_numbers, customer_numbers_of(company))


def all_invoice_numbers_of(company: Company) -> ReadAll:
    """As `all_customer_numbers_of`."""
    return _reading_all(company.invoice_numbers, invoice_numbers_of(company))


def are_bare(column: Sequence[str]) -> bool:
    """Whether these are all digits and nothing else."""
    joined = "".join(column)
    return joined.isascii() and joined.isdigit() and all(column)


def ocr_number(company: Company, raw: str) -> str | None:
    """Read an OCR number; None if it can be none. Check digits are not every company's habit."""
    is_bare = raw.isascii() and raw.isdigit()
    number = company.invoice_numbers.canonical(raw) if is_bare else company.read_evidence(raw)
    is_one = is_digits(number) and len(number) <= LONGEST_OCR and number != NOBODYS
    return number if is_one else None


def _reading(numbers: NumberFormat, normalise: Callable[[str], str]) -> Read:
    pads = numbers.zeros not in ("strip", "keep")
    shortest, longest = numbers.shortest, numbers.longest

    def read(raw: str) -> str | None:
        if len(raw) > LONGEST_INPUT:  # what is too long to be typed would be cut off: never fits
            return None
        if not (raw.isascii() and raw.isdigit()):
            number = normalise(raw)
            return number if numbers.fits(number) else None
        # Bare digits: cleaning leaves them as they are, and their alphabet fits every company.
        number = numbers.canonical(raw) if pads or raw[0] == "0" else raw
        return number if shortest <= len(number) <= longest else None

    return read


def _reading_all(numbers: NumberFormat, read: Read) -> ReadAll:
    """A column in which nothing needs cleaning is seen as such at once, and is its own reading."""
    pads = numbers.zeros not in ("strip", "keep")
    shortest, longest = numbers.shortest, min(numbers.longest, LONGEST_INPUT)

    def read_all(column: Sequence[str]) -> Sequence[str | None]:
        if pads or not are_bare(column) or min(column)[0] == "0":
            return [read(each) for each in column]
        lengths = set(map(len, column))
        if min(lengths) < shortest or max(lengths) > longest:
            return [read(each) for each in column]
        return column

    return read_all
