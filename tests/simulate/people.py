"""Rightful customers with their paper in hand: how long they type, and what they get wrong.

Assumed, and said on the page; nobody has measured it here. A form takes them 40 seconds in the
middle, one in a hundred under 13 and one in a hundred over two minutes.
"""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

_MEDIAN, _SPREAD = 40.0, 0.5


class Slip(Enum):
    """What is wrong with what somebody types."""

    DIGIT = "a wrong digit"
    SWAP = "two digits swapped"
    WRONG_BOX = "the two numbers in each other's box"
    OTHER_NUMBER = "another number from the same paper"
    OLD_PAPER = "an invoice that is too old"


OFTEN: Mapping[Slip, float] = {
    Slip.DIGIT: 0.04,
    Slip.SWAP: 0.015,
    Slip.WRONG_BOX: 0.015,
    Slip.OTHER_NUMBER: 0.02,
    Slip.OLD_PAPER: 0.02,
}
"""How often, of all that is typed."""


def typing_time(chance: random.Random) -> timedelta:
    """For one form."""
    return timedelta(seconds=chance.lognormvariate(math.log(_MEDIAN), _SPREAD))


@dataclass
class Customer:
    """A customer number and an invoice number on paper, and a hand that slips.

    Somebody with an old paper takes it again, half of the time.
    """

    number: str
    invoice: str
    chance: random.Random
    has_old_paper: bool = False

    def types(self) -> tuple[str, str]:
        """The two fields, as this person fills them in now."""
        slip = self._slip()
        self.has_old_paper = slip is Slip.OLD_PAPER
        match slip:
            case Slip.DIGIT:
                return self._one_of_them(self._with_a_wrong_digit)
            case Slip.SWAP:
                return self._one_of_them(self._with_two_swapped)
            case Slip.WRONG_BOX:
                return self.invoice, self.number
            case Slip.OTHER_NUMBER:
                return self.number, f"{self.chance.randrange(10**9, 10**10)}"
            case Slip.OLD_PAPER:
                return self.number, f"{int(self.invoice) - 900_000}"
            case None:
                return self.number, self.invoice

    def _slip(self) -> Slip | None:
        if self.has_old_paper and self.chance.random() < 0.5:
            return Slip.OLD_PAPER
        drawn = self.chance.random()
        for slip, often in OFTEN.items():
            drawn -= often
            if drawn < 0:
                return slip
        return None

    def _one_of_them(self, spoil: Callable[[str], str]) -> tuple[str, str]:
        if self.chance.random() < 0.5:
            return spoil(self.number), self.invoice
        return self.number, spoil(self.invoice)

    def _with_a_wrong_digit(self, number: str) -> str:
        place = self.chance.randrange(len(number))
        wrong = (int(number[place]) + self.chance.randrange(1, 10)) % 10
        return f"{number[:place]}{wrong}{number[place + 1 :]}"

    def _with_two_swapped(self, number: str) -> str:
        place = self.chance.randrange(len(number) - 1)
        return f"{number[:place]}{number[place + 1]}{number[place]}{number[place + 2 :]}"
