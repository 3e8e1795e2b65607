"""OCR numbers: the reference that is typed when an invoice is paid, and the invoice inside it.

A company says how it makes them by a template such as `{customer:6}{invoice}{len}{check}`. An OCR
number stands on the same paper as the invoice number, so it proves the same.
"""

import re
from dataclasses import dataclass

from linking.typed.numbers import is_digits, luhn_holds

_PART = re.compile(r"\{(customer|invoice)(?::(\d{1,2}))?\}|\{(len|check)\}|(\d+)")


@dataclass(frozen=True, slots=True)
class OcrTemplate:
    """`{customer:N}`, `{invoice}` or `{invoice:N}`, `{len}`, `{check}` and fixed digits.

    `len` is the last digit of the whole length, `check` the Luhn digit at the end.
    """

    text: str
    pattern: re.Pattern[str]

    @classmethod
    def parse(cls, text: str) -> "OcrTemplate":
        """Read a template; ValueError, in a sentence for the operator, if it cannot be used."""
        parts = list(_PART.finditer(text))
        names = [part[1] or part[3] for part in parts if not part[4]]
        if "".join(part.group() for part in parts) != text:
            raise ValueError("It holds something else than figures and the four parts.")
        if names.count("invoice") != 1:
            raise ValueError("`{invoice}` must stand in it once.")
        if len(names) != len(set(names)):
            raise ValueError("A part stands in it twice.")
        if not text.endswith("{check}"):
            raise ValueError("`{check}` must be last, or other numbers could pass for one of ours.")
        if "len" in names and not text.endswith("{len}{check}"):
            raise ValueError("`{len}` must be just before `{check}` at the end.")
        if any(part[1] == "customer" and not part[2] for part in parts):
            raise ValueError("It must say how long the customer number is: `{customer:6}`.")
        if any(part[2] and int(part[2]) == 0 for part in parts):
            raise ValueError("A part of no length says nothing.")
        return cls(text=text, pattern=re.compile("".join(_expression(part) for part in parts)))

    def invoice_in(self, number: str) -> str | None:
        """The invoice number inside an OCR number, or None if this is not one of the company's."""
        found = self.pattern.fullmatch(number)
        if not found or not luhn_holds(number):
            return None
        parts = found.groupdict()
        if "len" in parts and int(parts["len"]) != len(number) % 10:
            return None
        return parts["invoice"]


def looks_like_ocr(number: str, *, longer_than: int) -> bool:
    """A hint, never a verdict: one number in ten has a right check digit by chance."""
    return is_digits(number) and len(number) > longer_than and luhn_holds(number)


def _expression(part: re.Match[str]) -> str:
    field, width, digit, fixed = part.groups()
    if fixed:
        return str(fixed)
    if digit:
        return f"(?P<{digit}>[0-9])"
    return f"(?P<{field}>[0-9]{{{width}}})" if width else f"(?P<{field}>[0-9]+)"
