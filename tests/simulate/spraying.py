"""S1 and S3: guesses over all customers, against every ladder, beside their bounds."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from linking.ladder import Ladder
from linking.tries.bound import Guessing, Odds
from linking.tries.pressure import Thresholds, daily_for
from linking.tries.waiting import OwnWaits
from tests.simulate import billing
from tests.simulate.attackers import Guess, Spray, Tally
from tests.simulate.bounds import Mean
from tests.simulate.findings import Finding, Found

AMOUNT = 1 / 400
"""The best guess at an amount and a due date whose run is known: the commonest amount."""
PRINTED = 32.0**-8

UNLIMITED = 10**12


@dataclass(frozen=True, slots=True)
class Attack:
    """Who attacks whom, how, and for how long. `first_known`: they know every invoice number."""

    customers: int
    ladder: Ladder
    identities: int
    span: timedelta
    second: float
    seeds: int
    is_careful: bool = False
    first_known: bool = False
    no_pressure: bool = False

    @property
    def odds(self) -> Odds:
        """Of their best guess: one invoice of each run is the customer's."""
        first = 1.0 if self.first_known else 1 / self.customers
        return Odds(first, 0.0 if self.is_careful else self.second)

    @property
    def guessing(self) -> Guessing:
        """The rules of the installation that they attack."""
        daily = UNLIMITED if self.no_pressure else daily_for(self.customers)
        each = UNLIMITED if self.no_pressure else 3
        thresholds = Thresholds(daily=daily, on_customer=each, on_invoice=each)
        return Guessing(self.customers, self.ladder, thresholds, OwnWaits(), self.identities)


def spray(name: str, attack: Attack, seed: int) -> Found:
    """All seeds of an attack: their takeovers together beside so many times the bound."""
    total = Tally()
    below = 1 if "radar" in name else 0
    most = attack.guessing.tries(attack.customers, attack.span)
    worst_first = worst_second = 0
    for number in range(attack.seeds):
        chance = random.Random(f"{name} {seed} {number}")
        guess = _guesses(attack, chance)
        run = Spray(attack.guessing, guess, attack.second, chance, attack.is_careful, below)
        tally = run.run(attack.span)
        worst_first, worst_second = max(worst_first, tally.first), max(worst_second, tally.second)
        total.first += tally.first
        total.second += tally.second
        total.takeovers += tally.takeovers
    bound = attack.seeds * attack.guessing.bound(attack.odds, attack.span).takeovers
    # Each takeover gives back the tries that led to it.
    spare = total.takeovers
    findings = [
        Finding(f"{name}: tries with two numbers", worst_first, most.first + spare),
        Finding(f"{name}: tries with a second item", worst_second, most.second + spare),
        Finding(f"{name}: takeovers", total.takeovers, bound, "expected"),
    ]
    each, seen = (timedelta(days=365) / attack.span) / attack.seeds, Mean(total.takeovers)
    told = [total.takeovers * each, bound / attack.seeds, seen.low * each, seen.high * each]
    return Found(findings, {name: told}, total.judged)


def _guesses(attack: Attack, chance: random.Random) -> Guess:
    """Customers in an order of their own, again and again; invoice numbers at random, or known."""
    owners = _owners(attack.customers, 0 if attack.first_known else 1)
    order = list(range(attack.customers))
    chance.shuffle(order)
    place = 0

    def guess() -> tuple[int, int, bool]:
        nonlocal place
        customer = order[place % len(order)]
        place += 1
        if attack.first_known:
            return customer, customer + 1, True
        invoice = chance.randrange(len(owners))
        return customer, invoice, owners[invoice] == customer

    return guess


@lru_cache(maxsize=1)
def _owners(customers: int, shuffled: int) -> Sequence[int]:
    """Made once a process: some seconds' work for a million customers."""
    if not shuffled:
        return ()
    return billing.shuffled(customers, random.Random(f"billing {customers}"))
