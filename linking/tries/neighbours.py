"""Invoice numbers that lie close together: whoever has one invoice guesses the neighbour's.

Only for telling operators: nothing here makes anybody wait or asks anything of anybody. Somebody
who mistypes the last digits a few times looks the same.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from linking.company import NOBODYS, Company
from linking.tries.counting import possible_pairs
from linking.typed.mistakes import TypedNumbers
from linking.typed.numbers import is_digits

WIDTH: Final = 100
"""How far numbers of one neighbourhood lie apart at most."""

MANY: Final = 5
"""So many of one neighbourhood, tried by one account, are worth a look."""

WITHIN: Final = timedelta(days=7)


def numbers_in(typed: TypedNumbers, companies: Iterable[Company]) -> frozenset[int]:
    """The invoice numbers that the fields may mean; none where letters are among them.

    With the fields swapped, that is the other field's.
    """
    pairs = (pair for company in companies for pair in possible_pairs(typed, company))
    readable = (evidence for _, evidence in pairs if evidence != NOBODYS)
    return frozenset(int(evidence) for evidence in readable if is_digits(evidence))


def neighbourhoods(number: int) -> tuple[str, str]:
    """Two that this number belongs to, half a width apart: no border separates near neighbours."""
    return f"whole {number // WIDTH}", f"half {(number + WIDTH // 2) // WIDTH}"
