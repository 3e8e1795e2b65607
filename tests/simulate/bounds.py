"""What measured figures are held against: one run in a hundred may exceed it."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Poisson:
    """Of an expected count: what only one run in a hundred exceeds."""

    expected: float

    @property
    def upper_99(self) -> int:
        """By summing up; by the normal law where that would take long."""
        if self.expected > 500:
            return math.ceil(self.expected + 2.33 * math.sqrt(self.expected) + 1)
        count, term = 0, math.exp(-self.expected)
        total = term
        while total < 0.99:
            count += 1
            term *= self.expected / count
            total += term
        return count


@dataclass(frozen=True, slots=True)
class Mean:
    """Between which means a count that was seen may have come from, 98 times in 100."""

    count: int

    @property
    def low(self) -> float:
        """A mean below which fewer than one run in a hundred would have brought so many."""
        return self._where(self.count - 1, 0.99) if self.count else 0.0

    @property
    def high(self) -> float:
        """A mean at which at most one run in a hundred would have brought so few."""
        return self._where(self.count, 0.01)

    def _where(self, count: int, share: float) -> float:
        """At which mean this share of runs has `count` at most: by halving."""
        below, above = 0.0, 10.0 + 3.0 * self.count
        for _ in range(60):
            middle = (below + above) / 2
            below, above = (middle, above) if _up_to(count, middle) > share else (below, middle)
        return below


def _up_to(count: int, expected: float) -> float:
    """Poisson's law summed up; in logarithms, as the first term may be too small for a float."""
    return math.fsum(
        math.exp(each * math.log(expected) - expected - math.lgamma(each + 1))
        for each in range(count + 1)
    )
