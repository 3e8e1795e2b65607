"""Numbers and codes as integers of 63 bits, so that a register fits into memory.

What is too long keeps its end: its beginning is then as good as known to whoever guesses, which
leans to the attackers' side.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from broker.registers.numbers import are_bare
from linking.company import Company
from linking.typed.numbers import luhn_holds

NOTHING: Final = -1
LETTERS: Final = 36
DIGITS: Final = 10
_LONGEST: Final = {DIGITS: 18, LETTERS: 12}
_AT_THE_END: Final = re.compile(r"[0-9]{4,}$")
_SURE: Final = 0.99
_ENOUGH: Final = 20


def figure(text: str) -> int:
    """Digits as the number that they are; of `F2026-004711` those at the end; else in base 36."""
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= _LONGEST[DIGITS] else int(text[-_LONGEST[DIGITS] :])
    if found := _AT_THE_END.search(text):
        return int(found[0][-_LONGEST[DIGITS] :])
    return _in_letters(text[-_LONGEST[LETTERS] :])


def figures(texts: Sequence[str]) -> list[int]:
    """As `figure`, of many."""
    if are_bare(texts) and max(map(len, texts), default=0) <= _LONGEST[DIGITS]:
        return list(map(int, texts))
    return list(map(figure, texts))


def with_length(text: str, base: int) -> int:
    """As `figure`, behind a leading 1: `007` is another than `7`, and nothing is 1."""
    short = text[1 - _LONGEST[base] :]
    try:
        return int("1" + short, base) if short.isascii() else _in_letters("1" + short)
    except ValueError:
        return _in_letters("1" + short)


def _in_letters(text: str) -> int:
    """Characters beyond A to Z count as the letter that their place in Unicode falls on."""
    total = 0
    for character in text:
        is_ours = character.isascii() and character.isalnum()
        total = total * LETTERS + (int(character, LETTERS) if is_ours else ord(character) % LETTERS)
    return total


Rest = Callable[[str, str, str], int]
"""Of an OCR number, a customer and an invoice number: what these do not tell of it."""


def rest_of_ocr(numbers: Sequence[str], company: Company) -> Rest:
    """How one company's OCR numbers are taken apart, judged by some of them.

    The check digit and the length can be worked out, so they are left away where (nearly) all have
    them; so are a customer number and an invoice number, wherever they stand.
    """
    template = company.ocr_template.text if company.ocr_template else ""
    has_check = "{check}" in template or _nearly_all(luhn_holds(ocr) for ocr in numbers)
    at = -2 if has_check else -1
    has_length = "{len}" in template or (
        has_check and _nearly_all(len(ocr) > 1 and int(ocr[at]) == len(ocr) % 10 for ocr in numbers)
    )
    end = -(int(has_check) + int(has_length)) or None

    def rest(ocr: str, customer: str, invoice: str) -> int:
        body = ocr[:end]
        if invoice and invoice in body:
            body = body.replace(invoice, "", 1)
        if customer in body:
            body = body.replace(customer, "", 1)
        return with_length(body, DIGITS)

    return rest


def _nearly_all(holds: Iterable[bool]) -> bool:
    judged = list(holds)
    return len(judged) >= _ENOUGH and sum(judged) >= _SURE * len(judged)


def ends_with_check_digit(values: list[int]) -> bool:
    """Whether these invoice numbers end with a Luhn digit, which nobody has to guess."""
    return _nearly_all(luhn_holds(str(value)) for value in values)
