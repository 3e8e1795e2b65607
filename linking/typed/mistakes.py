"""Typical mistakes, named so that people can help themselves.

Reads only what was typed and what the companies have configured, never the register: no hint can
tell whether a number exists. Hints come after the pair was looked up as it stands, since a number
that looks like something else may still be right.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from linking.codes.code import LENGTH
from linking.company import Company
from linking.ladder import SecondItem
from linking.typed.numbers import LONGEST_INPUT, NumberFormat, clean, is_digits, luhn_holds
from linking.typed.ocr import looks_like_ocr
from linking.typed.paper import TypedItem, can_be_due, read_amount, read_date, read_item


class Field(StrEnum):
    """The fields of the form: two, and what a higher level asks for."""

    CUSTOMER_NUMBER = "customer_number"
    INVOICE_NUMBER = "invoice_number"
    AMOUNT = "amount"
    DUE_DATE = "due_date"
    OCR = "ocr"
    PRINTED_CODE = "printed_code"
    CODE = "code"


class Mistake(StrEnum):
    """What somebody seems to have typed in place of the number."""

    EMPTY = "empty"
    TOO_MANY_CHARACTERS = "too_many_characters"
    LETTERS = "letters"
    FACILITY_ID = "facility_id"
    PERSONAL_IDENTITY_NUMBER = "personal_identity_number"
    ORGANISATION_NUMBER = "organisation_number"
    PAYMENT_ACCOUNT = "payment_account"
    SAME_TWICE = "same_twice"
    OCR = "ocr"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_AN_AMOUNT = "not_an_amount"
    NOT_A_DATE = "not_a_date"
    NOT_A_CODE = "not_a_code"
    DIGITS_ALONE = "digits_alone"


@dataclass(frozen=True, slots=True)
class TypedNumbers:
    """The fields exactly as they were sent; not shown by `repr`, not for any log.

    `item` is None where the form did not ask for a second item.
    """

    customer: str = field(repr=False)
    invoice: str = field(repr=False)
    item: TypedItem | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Hint:
    """A mistake in a field; lengths are characters, and 0 where they say nothing."""

    field: Field
    mistake: Mistake
    shortest: int = 0
    longest: int = 0
    typed: int = 0

    @property
    def discards(self) -> bool:
        """Whether the page must forget what was typed there, and not show it again."""
        return self.mistake is Mistake.PERSONAL_IDENTITY_NUMBER


def unreadable(typed: TypedNumbers, companies: Sequence[Company]) -> tuple[Hint, ...]:
    """Fields that cannot be looked up at all. Saying so costs no try."""
    formats = [company.invoice_numbers for company in companies]
    return (
        *unreadable_number(typed.customer, companies),
        *_unreadable(Field.INVOICE_NUMBER, typed.invoice, formats),
    )


def unreadable_number(typed: str, companies: Sequence[Company]) -> tuple[Hint, ...]:
    """A customer number that cannot be looked up at all."""
    formats = [company.customer_numbers for company in companies]
    return tuple(_unreadable(Field.CUSTOMER_NUMBER, typed, formats))


def _unreadable(name: Field, raw: str, formats: Sequence[NumberFormat]) -> Iterator[Hint]:
    if len(raw) > LONGEST_INPUT:
        yield Hint(name, Mistake.TOO_MANY_CHARACTERS)
    elif not _as_read(raw, formats):
        yield Hint(name, Mistake.EMPTY)


def impossible_number(typed: str, companies: Sequence[Company]) -> tuple[Hint, ...]:
    """A customer number that no company can have given, by its shape; what it seems to be."""
    if hints := unreadable_number(typed, companies):
        return hints
    formats = [company.customer_numbers for company in companies]
    if any(each.fits(each.read(typed)) for each in formats):
        return ()
    value = _as_read(typed, formats)
    accounts = _accounts(companies)
    name = Field.CUSTOMER_NUMBER
    hint = _foreign(name, value, formats, accounts) or _length(name, value, formats)
    return () if hint is None else (hint,)


def explain_code(read: str) -> Hint:
    """What is wrong with a code that cannot be one of ours, as `read_code` has it."""
    if is_digits(read):
        return Hint(Field.CODE, Mistake.DIGITS_ALONE)
    if len(read) == LENGTH:
        return Hint(Field.CODE, Mistake.NOT_A_CODE)
    mistake = Mistake.TOO_SHORT if len(read) < LENGTH else Mistake.TOO_LONG
    return Hint(Field.CODE, mistake, shortest=LENGTH, longest=LENGTH, typed=len(read))


def unreadable_item(
    item: TypedItem | None, companies: Sequence[Company], *, today: date | None = None
) -> tuple[Hint, ...]:
    """What is missing of a second item, when no company's can be read. It costs no try either.

    With `today`, a due date that lies too far ahead to be anybody's is none.
    """
    items = {company.ladder.second_item for company in companies}
    if item is None:
        return ()
    missing = {each: tuple(_missing(each, item, today)) for each in sorted(items)}
    if not all(missing.values()):
        return ()
    return tuple(hint for hints in missing.values() for hint in hints)


def _missing(kind: SecondItem, item: TypedItem, today: date | None) -> Iterator[Hint]:
    match kind:
        case SecondItem.AMOUNT_AND_DUE_DATE:
            if read_amount(item.amount) is None:
                yield Hint(Field.AMOUNT, Mistake.NOT_AN_AMOUNT if item.amount else Mistake.EMPTY)
            due_on = read_date(item.due_date)
            if due_on is None or not can_be_due(due_on, today):
                yield Hint(Field.DUE_DATE, Mistake.NOT_A_DATE if item.due_date else Mistake.EMPTY)
        case SecondItem.OCR:
            if read_item(kind, item) is None:
                yield Hint(Field.OCR, Mistake.LETTERS if item.ocr else Mistake.EMPTY)
        case SecondItem.PRINTED_CODE:
            if read_item(kind, item) is None:
                yield Hint(Field.PRINTED_CODE, Mistake.EMPTY)


def explain(typed: TypedNumbers, companies: Sequence[Company]) -> tuple[Hint, ...]:
    """At most one hint a field, for a pair that did not match at any of these companies."""
    customer_formats = [company.customer_numbers for company in companies]
    invoice_formats = [company.invoice_numbers for company in companies]
    customer = _as_read(typed.customer, customer_formats)
    invoice = _as_read(typed.invoice, invoice_formats)
    accounts = _accounts(companies)
    hints = (
        _foreign(Field.CUSTOMER_NUMBER, customer, customer_formats, accounts)
        or _length(Field.CUSTOMER_NUMBER, customer, customer_formats),
        _foreign(Field.INVOICE_NUMBER, invoice, invoice_formats, accounts)
        or _confused_invoice(customer, invoice, companies)
        or _length(Field.INVOICE_NUMBER, invoice, invoice_formats),
    )
    return tuple(hint for hint in hints if hint is not None)


def _accounts(companies: Iterable[Company]) -> set[str]:
    """Bankgiro and plusgiro numbers of the companies, as digits."""
    return {clean(a, digits_only=True) for c in companies for a in c.payment_accounts}


def _as_read(raw: str, formats: Iterable[NumberFormat]) -> str:
    """The value cleaned for the whole form: letters count as soon as one company has them."""
    return clean(raw, digits_only=all(f.digits_only for f in formats))


def _foreign(
    name: Field, value: str, formats: Sequence[NumberFormat], accounts: set[str]
) -> Hint | None:
    """A number of another kind altogether, told by its shape alone."""
    if not is_digits(value):
        return Hint(name, Mistake.LETTERS) if all(f.digits_only for f in formats) else None
    if is_facility_id(value):
        return Hint(name, Mistake.FACILITY_ID)
    if is_personal_identity_number(value):
        return Hint(name, Mistake.PERSONAL_IDENTITY_NUMBER)
    if is_organisation_number(value):
        return Hint(name, Mistake.ORGANISATION_NUMBER)
    return Hint(name, Mistake.PAYMENT_ACCOUNT) if value in accounts else None


def _confused_invoice(customer: str, invoice: str, companies: Sequence[Company]) -> Hint | None:
    if customer.lstrip("0") == invoice.lstrip("0"):
        return Hint(Field.INVOICE_NUMBER, Mistake.SAME_TWICE)
    if not any(company.accepts_ocr for company in companies) and any(
        _is_ocr_of(company, invoice) for company in companies
    ):
        return Hint(Field.INVOICE_NUMBER, Mistake.OCR)
    return None


def _is_ocr_of(company: Company, value: str) -> bool:
    if company.ocr_template is not None:
        inside = company.ocr_template.invoice_in(value)
        return inside is not None and company.invoice_numbers.fits(company.read_evidence(inside))
    return looks_like_ocr(value, longer_than=company.invoice_numbers.longest)


def _length(name: Field, value: str, formats: Sequence[NumberFormat]) -> Hint | None:
    """Too short or too long for every company of the form."""
    lengths = [(len(f.canonical(value)), f) for f in formats]
    if all(length < f.shortest for length, f in lengths):
        mistake = Mistake.TOO_SHORT
    elif all(length > f.longest for length, f in lengths):
        mistake = Mistake.TOO_LONG
    else:
        return None
    shortest = min(f.shortest for f in formats)
    longest = max(f.longest for f in formats)
    return Hint(name, mistake, shortest=shortest, longest=longest, typed=len(value))


def is_facility_id(digits: str) -> bool:
    """An anläggnings-id: 18 digits that begin with 735, whether its GS1 check digit is right."""
    return len(digits) == 18 and digits.startswith("735")  # noqa: PLR2004 - GSRN


def shown_again(typed: str) -> str:
    """What was typed, for showing it once more; nothing of a personal identity number."""
    return "" if is_personal_identity_number(clean(typed, digits_only=True)) else typed


def is_personal_identity_number(digits: str) -> bool:
    """A personnummer or samordningsnummer (day + 60), with or without its century."""
    if len(digits) == 12 and digits[:2] in {"18", "19", "20"}:  # noqa: PLR2004
        century, rest = digits[:2], digits[2:]
    elif len(digits) == 10:  # noqa: PLR2004
        century, rest = "20", digits  # 2000 was a leap year, so that 29 February 00 is allowed
    else:
        return False
    return luhn_holds(rest) and _is_birth_date(century + rest[:6])


def is_organisation_number(digits: str) -> bool:
    """An organisationsnummer, also with the 16 or 00 that some forms ask for before it."""
    if len(digits) == 12 and digits[:2] in {"16", "00"}:  # noqa: PLR2004
        digits = digits[2:]
    return len(digits) == 10 and digits[2] >= "2" and luhn_holds(digits)  # noqa: PLR2004


def _is_birth_date(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    try:
        date(year, month, day - 60 if day > 60 else day)  # noqa: PLR2004 - samordningsnummer
    except ValueError:
        return False
    return True
