"""Long codes: made so that nobody guesses one, and read however they are typed.

Crockford's alphabet (no I, L, O, U): what looks alike is read alike. Eleven characters at random
are 55 bits; the twelfth is a check character, so that a slip is told as a slip and costs no try.
It is worked out from the others and adds nothing for whoever guesses.
"""

from collections.abc import Callable, Sequence
from typing import Final

from linking.typed.numbers import LONGEST_INPUT

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 12
BITS: Final = 5 * (LENGTH - 1)
VALID_AT_ONCE: Final = 4
"""Of one customer: by message and by letter, each with the one before it that still holds."""
_GROUP: Final = 4
_ALIKE: Final = str.maketrans("OIL", "011")


def new_code(choose: Callable[[Sequence[str]], str]) -> str:
    """A code, with `choose` taking one of a sequence at random (`secrets.choice`)."""
    payload = "".join(choose(ALPHABET) for _ in range(LENGTH - 1))
    return payload + _check_character(payload)


def read_code(raw: str) -> str:
    """What was typed without what says nothing: spaces, dashes, small letters, O for 0."""
    return "".join(c for c in raw[:LONGEST_INPUT].upper() if c.isalnum()).translate(_ALIKE)


def is_code(read: str) -> bool:
    """Whether it can be one of ours: the length, the characters and the check character."""
    return (
        len(read) == LENGTH
        and all(c in ALPHABET for c in read)
        and _check_character(read[:-1]) == read[-1]
    )


def in_groups(code: str) -> str:
    """As it is written in a message: `7KQ2-M9XR-4TBH`."""
    return "-".join(code[i : i + _GROUP] for i in range(0, len(code), _GROUP))


def _check_character(payload: str) -> str:
    """Luhn's rule in base 32: it catches every wrong character and nearly every swap."""
    base, total = len(ALPHABET), 0
    for place, character in enumerate(reversed(payload)):
        value = ALPHABET.index(character) * (2 - place % 2)
        total += value // base + value % base
    return ALPHABET[-total % base]
