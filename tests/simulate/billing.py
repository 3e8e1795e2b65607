"""Registers as billing systems make them: invoice numbers in customers' order, or shuffled.

In order: 30 % of customer numbers are of people who have left, 1 % leave every month, newcomers get
the next customer numbers, 97 % are billed in a run, and 2 % of invoices come between (moves,
corrections). Shuffled: every run in an order of its own. Numbers run on without gaps in both.
"""

import random
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

MONTHS = 14
GONE, LEAVE, BILLED, BETWEEN = 0.30, 0.01, 0.97, 0.02


def shuffled(customers: int, chance: random.Random) -> Sequence[int]:
    """Whose each invoice is, by its number."""
    owners = array("I")
    for _ in range(MONTHS):
        run = array("I", range(customers))
        chance.shuffle(run)
        owners.extend(run)
    return owners


@dataclass(frozen=True)
class InOrder:
    """The latest run: invoice numbers by customer number, and the highest customer number."""

    invoices: Mapping[int, int]
    highest: int

    @cached_property
    def density(self) -> float:
        """Invoices for each customer number, which two own invoices of two runs tell anybody."""
        return (max(self.invoices.values()) - min(self.invoices.values()) + 1) / self.highest


def in_order(customers: int, chance: random.Random) -> InOrder:
    """A register that has lived for fourteen months."""
    highest = round(customers / (1 - GONE))
    numbers = sorted(chance.sample(range(1, highest + 1), customers))
    for _ in range(MONTHS):
        stay = [number for number in numbers if chance.random() >= LEAVE]
        newcomers = customers - len(stay)
        numbers = stay + list(range(highest + 1, highest + newcomers + 1))
        highest += newcomers
    invoices, following = {}, 1
    for number in numbers:
        if chance.random() < BILLED:
            invoices[number] = following
            following += 1
        following += chance.random() < BETWEEN
    return InOrder(invoices, highest)


def best_guess(register: InOrder, own: Sequence[int], target: int) -> int:
    """By interpolation between own invoices below and above; beyond them by density.

    `own` are customer numbers that were billed, in order.
    """
    place, following = bisect_left(own, target), bisect_right(own, target)
    below = own[place - 1] if place else None
    above = own[following] if following < len(own) else None
    if below is not None and above is not None:
        first, last = register.invoices[below], register.invoices[above]
        return round(first + (last - first) * (target - below) / (above - below))
    near = below if below is not None else above
    if near is None:
        raise ValueError("without an own invoice there is nothing to go by")
    return round(register.invoices[near] + (target - near) * register.density)


def hit_rate(
    customers: int, own: int, chance: random.Random, *, registers: int, targets: int = 2_000
) -> float:
    """How often the best guess at a random billed customer is right, with so many own accounts."""
    hits = asked = 0
    for _ in range(registers):
        register = in_order(customers, chance)
        billed = list(register.invoices)
        mine = sorted(chance.sample(billed, own))
        for target in chance.choices(billed, k=targets):
            if target not in mine:
                asked += 1
                hits += best_guess(register, mine, target) == register.invoices[target]
    return hits / asked


def hit_rates_by_distance(
    customers: int, distances: Sequence[int], chance: random.Random, *, registers: int
) -> list[float]:
    """How often it is right for the customer so many numbers away from the one own account."""
    hits, asked = [0] * len(distances), [0] * len(distances)
    for _ in range(registers):
        register = in_order(customers, chance)
        billed = list(register.invoices)
        for own in chance.choices(billed, k=400):
            for place, distance in enumerate(distances):
                target = own + distance
                if target in register.invoices:
                    asked[place] += 1
                    right = register.invoices[target]
                    hits[place] += best_guess(register, [own], target) == right
    return [hit / max(1, count) for hit, count in zip(hits, asked, strict=True)]


def shuffled_hits(
    customers: int, own: int, chance: random.Random, *, runs: int, targets: int = 10_000
) -> tuple[int, int]:
    """Right guesses by interpolation where billing is shuffled, and guesses in all."""
    hits = asked = 0
    for _ in range(runs):
        run = list(range(1, customers + 1))
        chance.shuffle(run)
        register = InOrder(dict(enumerate(run, start=1)), customers)
        mine = sorted(chance.sample(range(1, customers + 1), own))
        for target in chance.choices(range(1, customers + 1), k=targets):
            if target not in mine:
                asked += 1
                hits += best_guess(register, mine, target) == register.invoices[target]
    return hits, asked
