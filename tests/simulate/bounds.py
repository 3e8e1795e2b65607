"""The bounds that measured figures are held against: those of `linking.bound`, for any span.

A success gives back the tries that led to it, so it pays for a few more guesses. That matters only
where a single guess is worth much: `linking.bound` leaves it out, here it is in.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from linking.bound import Guessing, Odds, Tries, tries_of_one
from linking.codes import BITS, VALID_AT_ONCE
from linking.ladder import Level
from linking.pressure import OF_ALL, ON_A_CUSTOMER, SHORTER_BY

QUICK = 16
"""How many tries an identity has before its longest wait: what a success gives back to it."""


def most_tries(guessing: Guessing, span: timedelta) -> Tries:
    """The most that can fail within a span. For a year it is what `linking.bound` says."""
    own = guessing.identities * tries_of_one(guessing.waits, span)
    days, weeks = math.ceil(span / OF_ALL), math.ceil(span / (ON_A_CUSTOMER - SHORTER_BY))
    limits, begins = guessing.thresholds, guessing.ladder.private
    each_week = guessing.customers * weeks
    daily = limits.daily * days
    first, second = min(own, daily, each_week * limits.on_customer), own
    if guessing.ladder.all_private_reachable:
        second = min(own, daily, each_week * limits.on_customer_second)
    return Tries(first if begins is Level.INVOICE else 0, second if begins < Level.CODE else 0, own)


def most_takeovers(guessing: Guessing, odds: Odds, span: timedelta) -> float:
    """Expected takeovers within a span at the most, and never more than there are customers."""
    tries, limits = most_tries(guessing, span), guessing.thresholds
    given_back = QUICK
    if guessing.ladder.all_private_reachable:
        given_back += limits.on_customer_second
    expected = _with_given_back(tries.first, odds.first, QUICK)
    expected += _with_given_back(tries.second, odds.first * odds.second, given_back)
    expected += tries.code * VALID_AT_ONCE * math.ldexp(1.0, -BITS)
    return min(expected, float(guessing.customers))


def _with_given_back(tries: float, odds: float, given_back: int) -> float:
    """S ≤ odds · (tries + given_back · S); without a limit where a success pays for itself."""
    if not tries:
        return 0.0
    rest = 1 - given_back * odds
    return tries * odds / rest if rest > 0 else math.inf


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
