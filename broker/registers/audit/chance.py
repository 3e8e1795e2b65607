"""How likely the best single guess is, and on how many cases that was measured."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chance:
    """Of the best single guess, and how many cases it was measured on."""

    value: float
    sample: int

    @property
    def bits(self) -> float:
        """What a guess has to find out."""
        return max(0.0, -math.log2(self.value)) if self.value else math.inf

    @property
    def guesses(self) -> float:
        """How many are needed for a success, on average."""
        return 1 / self.value if self.value else math.inf


NONE = Chance(0.0, 0)
"""There was nothing to measure."""


def best(*chances: Chance) -> Chance:
    """The likeliest."""
    return max(chances, key=lambda each: each.value, default=NONE)
