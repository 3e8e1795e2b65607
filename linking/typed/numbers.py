"""Numbers as people type them, and as a company means them.

`clean` forgives everything that says nothing: spaces, dashes, invisible characters, a copied label,
a letter O for a zero. `canonical` then settles leading zeros as the company writes them. The
register's own numbers go through the very same reading, or they would never meet.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

LONGEST_INPUT = 64
"""Characters as typed; longer input is not read at all."""

_SEPARATORS = frozenset(".,/·_:;()'\"#<>’‘“”\u2212")
_LABEL_WORD = (
    r"(?:(?:kund|faktura|fakt|ocr|referens|ref|customer|invoice)[\W_]*(?:nummer|number|nr|id|no)?"
    r"|nummer|number|nr|no)"
)
# Among digits a label ends where the digits begin; among letters only a separator can end it,
# or a number such as NO1234 would lose its head.
_LABEL_BEFORE_DIGITS = re.compile(rf"[\W_]*{_LABEL_WORD}(?![^\W\d_])[\W_]*", re.IGNORECASE)
_LABEL_BEFORE_LETTERS = re.compile(rf"[\W_]*{_LABEL_WORD}[\W_]+", re.IGNORECASE)
_SLIP = re.compile(r"#([^#]*)#")

_ZERO = "OoΟοОо"  # Latin, Greek, Cyrillic
_ONE = "Il|ı"
_LOOKS_LIKE_A_DIGIT = str.maketrans(_ZERO + _ONE, "0" * len(_ZERO) + "1" * len(_ONE))
_FOLD = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a company writes one kind of number; lengths are counted after normalising.

    `zeros`: `strip` leading zeros, `keep` them, or pad with zeros to that many characters.
    """

    digits_only: bool = True
    shortest: int = 4
    longest: int = 12
    zeros: Literal["strip", "keep"] | int = "strip"

    def read(self, raw: str) -> str:
        """The number as the company means it."""
        return self.canonical(clean(raw, digits_only=self.digits_only))

    def canonical(self, cleaned: str) -> str:
        """A cleaned number with its leading zeros settled."""
        if self.zeros == "keep" or not cleaned:
            return cleaned
        bare = cleaned.lstrip("0") or "0"
        return bare if self.zeros == "strip" else bare.rjust(self.zeros, "0")

    def fits(self, number: str) -> bool:
        """Whether a canonical number has the company's shape."""
        alphabet = is_digits(number) or not self.digits_only
        return alphabet and self.shortest <= len(number) <= self.longest


def clean(raw: str, *, digits_only: bool) -> str:
    """What was typed, without what says nothing; at most `LONGEST_INPUT` characters are read."""
    text = "".join(_visible(c) for c in unicodedata.normalize("NFKC", raw[:LONGEST_INPUT]))
    if slip := _SLIP.search(text):
        text = slip.group(1)
    label = _LABEL_BEFORE_DIGITS if digits_only else _LABEL_BEFORE_LETTERS
    text = label.sub("", text, count=1) if label.match(text) else text
    text = "".join(c for c in text if not _separates(c))
    return text.translate(_LOOKS_LIKE_A_DIGIT) if digits_only else text.upper()


def fold(number: str) -> str:
    """A number with letters, reduced so that O and 0, I, L and 1 cannot be told apart.

    For evidence only, never for a customer number: that one is passed on to others, and must stay
    as the company writes it.
    """
    return number.translate(_FOLD)


def is_digits(number: str) -> bool:
    """Whether there is anything, and nothing but the digits 0-9."""
    return number.isascii() and number.isdigit()


def luhn_holds(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others (ISO/IEC 7812-1 annex B)."""
    if not is_digits(digits):
        return False
    return _luhn_sum(digits) % 10 == 0


def luhn_digit(payload: str) -> str:
    """The check digit that makes `payload` hold."""
    return str(-_luhn_sum(payload + "0") % 10)


_DOUBLED = str.maketrans("0123456789", "0246813579")  # the digit sum of twice each digit


def _luhn_sum(digits: str) -> int:
    """Every second digit from the right doubled, the last one not."""
    doubled = digits[-2::-2].translate(_DOUBLED)
    return sum(map(int, digits[::-2])) + sum(map(int, doubled))


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":  # zero-width, soft hyphen, byte order mark, direction marks
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category.startswith("C") and not character.isspace():
        return "\N{REPLACEMENT CHARACTER}"  # lone surrogates too: they could not be encoded
    return character


def _separates(character: str) -> bool:
    return (
        character.isspace()
        or character in _SEPARATORS
        or unicodedata.category(character) == "Pd"  # every kind of dash
    )
