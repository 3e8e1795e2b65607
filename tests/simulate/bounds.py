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
