"""What else stands on the invoice: the second item, as people type it and as it is compared.

Each kind has one canonical form, made alike from what was typed and from what the register says:
an amount in whole öre and the due date, an OCR number's digits, a printed code. Reading fails with
None, never with a guess: a date without a year is nobody's.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from linking.codes.code import read_code
from linking.ladder import SecondItem
from linking.typed.numbers import LONGEST_INPUT, clean, is_digits

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb",
            "mars march mar",
            "april apr",
            "maj may",
            "juni june jun",
            "juli july jul",
            "augusti august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_CURRENCY = re.compile(r"(?:kronor|kr|sek|:-)\.?", re.IGNORECASE)
_AMOUNT = re.compile(r"([0-9]{1,9}|[0-9]{1,3}(?:[ .'][0-9]{3})+)(?:[.,:]([0-9]{1,2}|-))?")
_SIGN = re.compile(r"^[-+\u2212] ?|(?<=[.,:][0-9]{2}) ?[-\u2212]$")
_YEAR_FIRST = re.compile(r"((?:20)?[0-9]{2})[-/. ]?([0-9]{2})[-/. ]?([0-9]{2})")
_DAY_FIRST = re.compile(
    r"([0-9]{1,2})[-/. ]{1,2}([0-9]{1,2}|[a-z]+)\.?[-/. ]{1,2}((?:20)?[0-9]{2})"
)


OLDEST_YEAR = 2020
YEARS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class TypedItem:
    """The fields of the second item exactly as they were sent; not for any log."""

    amount: str = field(default="", repr=False)
    due_date: str = field(default="", repr=False)
    ocr: str = field(default="", repr=False)
    code: str = field(default="", repr=False)


def read_item(item: SecondItem, typed: TypedItem) -> str | None:
    """The item in its canonical form; None when that cannot be read out of it."""
    return _READERS[item](typed)


def amount_and_due_date(ore: int, due_on: date) -> str:
    """The canonical form of what is to be paid, and when."""
    return f"{ore} {due_on.isoformat()}"


def read_amount(raw: str) -> int | None:
    """Öre: `1 250,45 kr`, `1.250,45`, `1250:45`, `1250`, `1250:-` and `-1250,45` are read.

    A sign makes no difference. Who gets money back reads it on the paper with a minus before or
    behind the figures, or with words beside them; it is no secret, and would only be a slip.
    """
    text = _CURRENCY.sub(" ", _plain(raw)).strip().removesuffix(":-")
    text = _SIGN.sub("", text, count=1)
    if (found := _AMOUNT.fullmatch(text)) is None:
        return None
    kronor = int(re.sub(r"[^0-9]", "", found[1]))
    ore = found[2] or "0"
    return kronor * 100 + (0 if ore == "-" else int(ore.ljust(2, "0")))


def read_date(raw: str) -> date | None:
    """A day: `2026-01-31`, `20260131`, `260131`, `31/1 2026`, `31.1.26` or `31 januari 2026`."""
    text = _plain(raw).strip().casefold()
    if found := _YEAR_FIRST.fullmatch(text):
        return _date(found[1], found[2], found[3])
    if found := _DAY_FIRST.fullmatch(text):
        return _date(found[3], found[2], found[1])
    return None


def can_be_due(due_on: date, today: date | None = None) -> bool:
    """Whether an invoice that proves something can be due then: a slip in the year is told."""
    return due_on.year >= OLDEST_YEAR and (today is None or due_on.year <= today.year + YEARS_AHEAD)


def _date(year: str, month: str, day: str) -> date | None:
    number = int(month) if is_digits(month) else _MONTHS.get(month, 0)
    try:
        return date(2000 + int(year) % 1000, number, int(day))
    except ValueError:
        return None


def _plain(raw: str) -> str:
    """Every kind of space and dash as the plain one, and nothing that cannot be seen."""
    text = unicodedata.normalize("NFKC", raw[:LONGEST_INPUT])
    shown = (c for c in text if unicodedata.category(c) != "Cf")
    return " ".join("".join("-" if unicodedata.category(c) == "Pd" else c for c in shown).split())


def _amount_and_due_date(typed: TypedItem) -> str | None:
    ore, due_on = read_amount(typed.amount), read_date(typed.due_date)
    return None if ore is None or due_on is None else amount_and_due_date(ore, due_on)


def read_ocr(raw: str) -> str | None:
    """Digits without zeros in front, which exports and spreadsheets drop."""
    digits = clean(raw, digits_only=True)
    return digits.lstrip("0") or None if is_digits(digits) else None


def _ocr(typed: TypedItem) -> str | None:
    return read_ocr(typed.ocr)


def _printed_code(typed: TypedItem) -> str | None:
    return read_code(typed.code) or None


_READERS: Mapping[SecondItem, Callable[[TypedItem], str | None]] = {
    SecondItem.AMOUNT_AND_DUE_DATE: _amount_and_due_date,
    SecondItem.OCR: _ocr,
    SecondItem.PRINTED_CODE: _printed_code,
}
