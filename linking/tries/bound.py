"""The most that guessing can bring in a year, whatever the attackers do and pay.

The rules let only so many tries be judged: by identity (own waits), by customer number and in the
whole (pressure). Times what the best guess is worth, which `farstu register audit` measures on the
company's own register, that is a bound on the customers who are taken over. It holds for guessing
alone: not for who has the paper in hand, or the mailbox of the contact.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from linking.codes.code import BITS, VALID_AT_ONCE
from linking.ladder import Ladder, Level
from linking.tries.pressure import OF_ALL, ON_A_CUSTOMER, SHORTER_BY, Thresholds
from linking.tries.waiting import OwnWaits

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Odds:
    """The chance of the best single guess, for somebody who knows the customer number.

    That of the customers whom attackers would choose: where invoices are numbered in the order of
    customers, those are the neighbours of their own, and the mean of all says nothing.

    `first`: that an invoice number is right. `second`: that the second item is, given the right
    invoice number; 1.0, the default, is an item that tells nothing.
    """

    first: float
    second: float = 1.0


@dataclass(frozen=True, slots=True)
class Tries:
    """How many tries can be judged in a year, by the level of what was given."""

    first: float
    second: float
    code: float


@dataclass(frozen=True, slots=True)
class Bound:
    """Expected takeovers in a year: of all customers, and of one whom somebody is after.

    Either is also at least the probability of a single one. `tries` and `tries_on_one` are those
    that it was worked out from.
    """

    tries: Tries
    tries_on_one: Tries
    takeovers: float
    on_one: float


@dataclass(frozen=True, slots=True)
class Guessing:
    """The rules of an installation, and how many identities the attackers have.

    `customers` counts those who can be linked; `thresholds` are the ones for so many.
    """

    customers: int
    ladder: Ladder
    thresholds: Thresholds
    waits: OwnWaits
    identities: int

    def bound(self, odds: Odds, span: timedelta = YEAR) -> Bound:
        """What these odds come to under these rules."""
        tries, on_one = self.tries(self.customers, span), self.tries(1, span)
        return Bound(
            tries,
            on_one,
            min(self._successes(tries, odds), float(self.customers)),
            min(self._successes(on_one, odds), 1.0),
        )

    def tries(self, customers: int, span: timedelta = YEAR) -> Tries:
        """The most that can fail within a span, on so many customers together."""
        own = self.identities * tries_of_one(self.waits, span)
        t, weeks = self.thresholds, _windows(span, ON_A_CUSTOMER - SHORTER_BY)
        daily = t.daily * _windows(span, OF_ALL)
        first, second = min(own, daily, customers * weeks * t.on_customer), own
        by_code = self.ladder.all_private_reachable  # only then does pressure go on to a code
        if by_code:
            second = min(own, daily, customers * weeks * t.on_customer_second)
        if self.ladder.within(Level.SECOND_ITEM) < Level.SECOND_ITEM:  # it skips the second item
            first = min(own, customers * weeks * t.on_customer_second) if by_code else own
        begins = self.ladder.private
        return Tries(
            first=first if begins is Level.INVOICE else 0,
            second=second if begins < Level.CODE else 0,
            code=own,
        )

    def _successes(self, tries: Tries, odds: Odds) -> float:
        """Expected, with what each success gives back: it pays for a few more guesses."""
        back = tries_before_longest(self.waits)
        back_second = back
        if self.ladder.all_private_reachable:
            back_second += self.thresholds.on_customer_second
        by_code = tries.code * VALID_AT_ONCE * math.ldexp(1.0, -BITS)
        return (
            _with_given_back(tries.first, odds.first, back)
            + _with_given_back(tries.second, odds.first * odds.second, back_second)
            + by_code
        )


def tries_of_one(waits: OwnWaits, span: timedelta) -> int:
    """How often one identity can be judged within a span when it always fails."""
    tries, spent = 1, timedelta(0)
    while (wait := waits.after(tries)) < waits.longest:
        if spent + wait > span:
            return tries
        spent += wait
        tries += 1
    return tries + (span - spent) // waits.longest


def tries_before_longest(waits: OwnWaits) -> int:
    """How many tries an identity has before its longest wait: what a success gives back to it."""
    return 1 + waits.free + sum(step.times for step in waits.steps)


def _windows(span: timedelta, window: timedelta) -> int:
    return math.ceil(span / window)


def _with_given_back(tries: float, odds: float, back: int) -> float:
    """S ≤ odds · (tries + back · S); without a limit where a success pays for itself."""
    if not tries:
        return 0.0
    rest = 1 - back * odds
    return tries * odds / rest if rest > 0 else math.inf
