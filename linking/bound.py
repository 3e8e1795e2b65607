"""The most that guessing can bring in a year, whatever the attackers do and pay.

The rules let only so many tries be judged: by identity (own waits), by customer number and in the
whole (pressure). Times what the best guess is worth, which `farstu register audit` measures on the
company's own register, that is a bound on the customers who are taken over. It holds for guessing
alone: not for who has the paper in hand, or the mailbox of the contact.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from linking.codes import BITS, VALID_AT_ONCE
from linking.ladder import Ladder, Level
from linking.pressure import OF_ALL, ON_A_CUSTOMER, SHORTER_BY, Thresholds
from linking.waiting import OwnWaits

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Odds:
    """The chance of the best single guess, for somebody who knows the customer number.

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

    def bound(self, odds: Odds) -> Bound:
        """What these odds come to under these rules."""
        tries, on_one = self.tries(self.customers), self.tries(1)
        return Bound(tries, on_one, _successes(tries, odds), _successes(on_one, odds))

    def tries(self, customers: int) -> Tries:
        """The most that can be judged in a year, on so many customers together."""
        own = self.identities * tries_of_one(self.waits, YEAR)
        t = self.thresholds
        first = min(own, customers * _yearly(t.on_customer, ON_A_CUSTOMER - SHORTER_BY))
        second = own
        if self.ladder.all_private_reachable:  # only then does pressure go on to a code
            on_each = _yearly(t.on_customer_second, ON_A_CUSTOMER - SHORTER_BY)
            second = min(own, customers * on_each, _yearly(t.daily, OF_ALL))
        begins = self.ladder.private
        return Tries(
            first=min(first, _yearly(t.daily, OF_ALL)) if begins is Level.INVOICE else 0,
            second=second if begins < Level.CODE else 0,
            code=own,
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


def _yearly(times: int, window: timedelta) -> int:
    """The most in a year when no window of this length sees more than so many."""
    return times * math.ceil(YEAR / window)


def _successes(tries: Tries, odds: Odds) -> float:
    by_code = tries.code * VALID_AT_ONCE * math.ldexp(1.0, -BITS)
    return tries.first * odds.first + tries.second * odds.first * odds.second + by_code
