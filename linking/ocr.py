"""OCR numbers: the reference that is typed when an invoice is paid, and the invoice inside it.

A company says how it makes them by a template such as `{customer:6}{invoice}{len}{check}`. An OCR
number stands on the same paper as the invoice number, so it proves the same.
"""

import re
from dataclasses import dataclass

from linking.numbers import is_digits, luhn_holds

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
        """Read a template; ValueError if no invoice number could be found by it."""
        parts = list(_PART.finditer(text))
        if "".join(part.group() for part in parts) != text:
            raise ValueError(f"'{text}' has parts that are not known")
        if text.count("{invoice") != 1 or not text.endswith("{check}") or text.count("{check") > 1:
            raise ValueError(f"'{text}' needs one {{invoice}}, and {{check}} at its end")
        if any(part[1] == "customer" and not part[2] for part in parts):
            raise ValueError(f"'{text}' must say how long the customer number is")
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
