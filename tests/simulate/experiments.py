"""The experiments by name, in two sizes: all of them, or a quick look.

Each is a plain function with its arguments, so that two processes can share the work.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from linking.ladder import Ladder, Level
from linking.tries.bound import YEAR
from tests.simulate import billing
from tests.simulate.chaining import chain
from tests.simulate.clumsy import clumsy
from tests.simulate.crowds import alarms, office
from tests.simulate.findings import Finding, Found
from tests.simulate.spraying import AMOUNT, PRINTED, Attack, spray
from tests.simulate.targeting import burst, targeted, victims
from tests.simulate.traces import traces

SEED = 2026
SMALL, LARGE = 30_000, 1_000_000
TWO_NUMBERS = Ladder()
THEN_A_CODE = Ladder(all_private_reachable=True)
SECOND_ITEM = Ladder(private=Level.SECOND_ITEM)
SECOND_THEN_CODE = Ladder(private=Level.SECOND_ITEM, all_private_reachable=True)
DISTANCES = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)

SPRAYS = {
    "S1 own waits alone, 1 identity": Attack(
        SMALL, TWO_NUMBERS, 1, YEAR, 1.0, seeds=2, is_careful=True, no_pressure=True
    ),
    "S1 two numbers, 1 identity": Attack(SMALL, TWO_NUMBERS, 1, YEAR, AMOUNT, seeds=1),
    "S1 two numbers, 100 careful identities": Attack(
        SMALL, TWO_NUMBERS, 100, YEAR, AMOUNT, seeds=15, is_careful=True
    ),
    "S1 two numbers, 100 identities, 3 days": Attack(
        SMALL, TWO_NUMBERS, 100, timedelta(days=3), AMOUNT, seeds=1
    ),
    "S1 two numbers, 10,000 identities, 10 minutes": Attack(
        SMALL, TWO_NUMBERS, 10_000, timedelta(minutes=10), AMOUNT, seeds=1
    ),
    "S1 two numbers then a code, 10,000 identities": Attack(
        SMALL, THEN_A_CODE, 10_000, YEAR, AMOUNT, seeds=10
    ),
    "S1 a million customers, 100 careful identities": Attack(
        LARGE, TWO_NUMBERS, 100, timedelta(days=90), AMOUNT, seeds=1, is_careful=True
    ),
    "S1 a million customers, then a code, 10,000 identities": Attack(
        LARGE, THEN_A_CODE, 10_000, timedelta(days=30), AMOUNT, seeds=1
    ),
    "S1 invoice numbers known, amount, 1 identity": Attack(
        SMALL, SECOND_ITEM, 1, YEAR, AMOUNT, seeds=2, first_known=True
    ),
    "S1 invoice numbers known, amount then a code, 10,000 identities": Attack(
        SMALL, SECOND_THEN_CODE, 10_000, YEAR, AMOUNT, seeds=10, first_known=True
    ),
    "S1 invoice numbers known, printed code, 100 identities, 3 days": Attack(
        SMALL, SECOND_ITEM, 100, timedelta(days=3), PRINTED, seeds=1, first_known=True
    ),
    "S3 under the radar, 100 identities": Attack(
        SMALL, TWO_NUMBERS, 100, YEAR, AMOUNT, seeds=10, is_careful=True
    ),
}


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is run under a name; each is independent of the others."""

    name: str
    run: Callable[[], Found]


def experiments(*, is_quick: bool) -> list[Experiment]:
    """The longest first, so that two processes end together."""
    few = 10 if is_quick else 1
    found = [Experiment(name, partial(spray, name, _sized(attack, few), SEED))
             for name, attack in SPRAYS.items()]  # fmt: skip
    found.sort(key=lambda each: "million" not in each.name)
    return [
        *found,
        *_of("S9 lives with and without attackers", traces, 2_000 // few),
        *_of("S4 customer under attack", victims, 1_000 // few, ladder=TWO_NUMBERS),
        *_of("S4 customer under attack, then a code", victims, 1_000 // few, ladder=THEN_A_CODE),
        *_of("S5 shared office", office, 5_000 // few),
        *_of("S6 clumsy customers", clumsy, 10_000),
        *_of("S8 30,000 customers", alarms, SMALL, 365, 0.2),
        *_of("S8 30,000 customers, all give up", alarms, SMALL, 365, 1.0),
        *_of("S8 a million customers", alarms, LARGE, 30 // few, 0.2),
        *_of("S2 one customer, two numbers", targeted, ladder=TWO_NUMBERS),
        *_of("S2 one customer, then a code", targeted, ladder=THEN_A_CODE),
        Experiment("S2 a burst", partial(burst, "S2 a burst", 1_000)),
        *_of("billing in order, two numbers", chain, SMALL),
        *(Experiment(f"billing in order, {own} own", partial(_hit_rate, own, 10 // few))
          for own in (1, 5, 20, 100)),
        Experiment("billing in order, by distance", partial(_by_distance, 20 // few)),
        Experiment("billing shuffled, 5 own", partial(_shuffled, 20 // few)),
    ]  # fmt: skip


def _sized(attack: Attack, few: int) -> Attack:
    """A quick look is a tenth: of the seeds, or of the span."""
    if attack.seeds >= few:
        return replace(attack, seeds=attack.seeds // few)
    return replace(attack, seeds=1, span=attack.span * attack.seeds / few)


def _of(name: str, run: Callable[..., Found], *sizes: float, **others: object) -> list[Experiment]:
    return [Experiment(name, partial(run, name, *sizes, seed=SEED, **others))]


def _hit_rate(own: int, registers: int) -> Found:
    chance = random.Random(f"{SEED} {own}")
    rate = billing.hit_rate(SMALL, own, chance, registers=registers)
    return Found([], {f"in order, {own} own": rate})


def _by_distance(registers: int) -> Found:
    chance = random.Random(f"{SEED} distance")
    rates = billing.hit_rates_by_distance(SMALL, DISTANCES, chance, registers=registers)
    return Found([], {"by distance": rates})


def _shuffled(runs: int) -> Found:
    """Where billing is shuffled, own invoices tell nothing of others'."""
    chance = random.Random(f"{SEED} shuffled")
    hits, asked = billing.shuffled_hits(SMALL, 5, chance, runs=runs)
    return Found(
        [Finding("billing shuffled: best guesses that are right", hits, asked / SMALL, "expected")],
        {"shuffled": [hits, asked]},
    )
