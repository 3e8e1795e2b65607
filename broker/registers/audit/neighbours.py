"""The guesser who has papers of his own: numbers that are handed out in the order of customers.

He takes his own two customers on either side, and reads the number between theirs off a straight
line, run by run; with one side only, off the slope of all. Then he adds the correction that hits
most often, which he is assumed to know (`chances.densest`). What he cannot work out, because the
order is another, looks like any other number to him.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from broker.registers.audit.chance import NONE, Chance, best
from broker.registers.audit.chances import IN_WINDOW, Ints, densest
from broker.registers.audit.evidence import Evidence, months_of

Floats: TypeAlias = NDArray[np.float64]

OWN_ACCOUNTS: Final = (1, 2, 5, 20, 100)
DISTANCES: Final = (1, 10, 100)
TARGETS: Final = 10_000
DRAWS: Final = 50
"""Sets of own accounts, drawn by lot; each guesses at its share of the targets."""

_NEAR: Final = 0.1
_FEWEST: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Some customers in the order of their numbers, and the first number of each in each run.

    Runs are calendar months; `lines` holds NaN where there is none. `slopes` is how much the
    invoice number grows with the customer number, by run.
    """

    customers: Floats
    lines: Floats
    slopes: Floats


def with_own_papers(evidence: Evidence) -> Mapping[str, Chance]:
    """By how many accounts are his own, and by how far away the nearest number of his own is."""
    chance = np.random.default_rng(1)
    holders = evidence.holders
    if len(holders) < _FEWEST:
        return {}
    drawn = chance.permutation(holders)
    targets = np.sort(drawn[: min(TARGETS, len(holders) // 2)])
    others = drawn[len(targets) :]
    found: dict[str, Chance] = {}
    most = NONE  # whoever has more may leave some aside: fewer are never worth more, but by luck
    for many in OWN_ACCOUNTS:
        if many * 2 <= len(others):
            sets = [np.sort(chance.choice(others, many, replace=False)) for _ in range(DRAWS)]
            everywhere, near = _among(evidence, targets, sets, chance)
            most = found[f"own_{many}"] = best(everywhere, most)
            if many == OWN_ACCOUNTS[-1]:
                found["near_own"] = near
    for distance in DISTANCES:
        found[f"neighbour_{distance}"] = _beside(evidence, targets, holders, distance)
    return found


def _among(
    evidence: Evidence, targets: Ints, sets: list[Ints], chance: Generator
) -> tuple[Chance, Chance]:
    """Of all targets; and of that tenth of them whose numbers are nearest to one of his own."""
    rows = np.unique(np.concatenate([targets, *sets]))
    grid = _grid(evidence, rows)
    errors, away_of = [], []
    for some, own in zip(np.array_split(chance.permutation(targets), len(sets)), sets, strict=True):
        of_some, of_own = np.searchsorted(rows, np.sort(some)), np.searchsorted(rows, own)
        guessed = _between(grid, of_some, of_own)
        away = np.broadcast_to(_away(grid, of_some, of_own)[:, None], guessed.shape)
        made = np.isfinite(guessed)
        errors.append((grid.lines[of_some] - guessed)[made])
        away_of.append(away[made])
    off, distances = np.concatenate(errors), np.concatenate(away_of)
    near = distances <= (np.quantile(distances, _NEAR) if len(distances) else 0)
    return _chance(off), _chance(off[near])


def _beside(evidence: Evidence, targets: Ints, holders: Ints, distance: int) -> Chance:
    """His own customer number is this much higher, or the next one that there is."""
    numbers = evidence.customers[holders]
    wanted = evidence.customers[targets] + distance
    places = np.minimum(np.searchsorted(numbers, wanted), len(holders) - 1)
    there = numbers[places] == wanted
    if there.sum() < IN_WINDOW:  # numbers that are further apart: the next one, wherever it is
        there = numbers[places] >= wanted
    if not there.any():
        return NONE
    some, own = targets[there], holders[places[there]]
    rows = np.unique(np.concatenate([some, own]))
    grid = _grid(evidence, rows)
    of_some, of_own = np.searchsorted(rows, some), np.searchsorted(rows, own)
    guessed = _along(grid, of_some, of_own)
    made = np.isfinite(guessed)
    return _chance((grid.lines[of_some] - guessed)[made])


def _chance(off: Floats) -> Chance:
    """NaN is a guess at a run in which the target has nothing."""
    there = off[np.isfinite(off)]
    return densest(np.rint(there).astype(np.int64), len(off))


def _between(grid: Grid, some: Ints, own: Ints) -> Floats:
    """What the straight line between his own on either side says, by target and run."""
    above = np.searchsorted(own, some)
    lower, upper = own[np.maximum(above - 1, 0)], own[np.minimum(above, len(own) - 1)]
    span = grid.customers[upper] - grid.customers[lower]
    share = (grid.customers[some] - grid.customers[lower]) / np.where(span > 0, span, 1)
    is_inside = (lower < some) & (some < upper) & (span > 0)
    inside = grid.lines[lower] + share[:, None] * (grid.lines[upper] - grid.lines[lower])
    from_lower, from_upper = _along(grid, some, lower), _along(grid, some, upper)
    one_side = np.where(np.isfinite(from_lower), from_lower, from_upper)
    return np.where(is_inside[:, None] & np.isfinite(inside), inside, one_side)


def _along(grid: Grid, some: Ints, own: Ints) -> Floats:
    away = grid.customers[some] - grid.customers[own]
    line: Floats = grid.lines[own] + away[:, None] * grid.slopes
    return line


def _away(grid: Grid, some: Ints, own: Ints) -> Floats:
    above = np.searchsorted(own, some)
    lower, upper = own[np.maximum(above - 1, 0)], own[np.minimum(above, len(own) - 1)]
    here = grid.customers[some]
    nearest: Floats = np.minimum(
        np.abs(here - grid.customers[lower]), np.abs(here - grid.customers[upper])
    )
    return nearest


def _grid(evidence: Evidence, rows: Ints) -> Grid:
    wanted = np.zeros(len(evidence.customers), dtype=bool)
    wanted[rows] = True
    papers = np.flatnonzero(wanted[evidence.owner])
    run = months_of(evidence.day[papers])
    first = int(run.min())
    lines = np.full((len(rows), int(run.max()) - first + 1), np.inf)
    least = int(evidence.number.min())  # figures near zero are exact as floats
    numbers = (evidence.number[papers] - least).astype(np.float64)
    np.minimum.at(lines, (np.searchsorted(rows, evidence.owner[papers]), run - first), numbers)
    lines[np.isinf(lines)] = np.nan
    customers = (evidence.customers[rows] - evidence.customers[0]).astype(np.float64)
    return Grid(customers, lines, _slopes(customers, lines))


def _slopes(customers: Floats, lines: Floats) -> Floats:
    """The median slope between customers half the register apart."""
    half = len(customers) // 2
    rise = lines[half : 2 * half] - lines[:half]
    run = customers[half : 2 * half] - customers[:half]
    slopes = rise[run > 0] / run[run > 0][:, None]
    found = np.zeros(lines.shape[1])
    for at in range(lines.shape[1]):
        there = slopes[np.isfinite(slopes[:, at]), at]
        found[at] = np.median(there) if len(there) else 0.0
    return found
