"""How likely the best single guess is, from samples of what it would have to hit. Plain figures.

Where a sample cannot tell, these lean towards the attacker: a share is looked for among many and
the largest is taken. What has never been seen in a sample is not claimed to be impossible.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from broker.registers.audit.chance import Chance

Ints: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

IN_WINDOW = 30
"""How many make a crowd. One that is the densest by luck alone is at most some three times denser
than all the rest."""

HITS = 3
"""Hits of one value before its share counts; fewer are luck."""


def densest(errors: Ints, tries: int) -> Chance:
    """The chance of the best fixed correction, from how far a prediction was off each time.

    Where errors lie closest together, in crowds of `IN_WINDOW` and more; and the commonest single
    error. `tries` counts the cases without an error (nothing to hit) too.
    """
    ordered = np.sort(errors)
    size, density = min(IN_WINDOW, len(ordered)), 0.0
    while 0 < size <= len(ordered):
        widths = ordered[size - 1 :] - ordered[: len(ordered) - size + 1] + 1
        density = max(density, size / float(widths.min()))
        size *= 2
    return Chance(max(density / max(tries, 1), commonest(errors, tries)), tries)


def commonest(values: Ints, of: int) -> float:
    """The share of the commonest value: chosen in one half of the cases, counted in the other.

    `of` is how many cases there were, those without a value among them.
    """
    shuffled = np.random.default_rng(1).permutation(values)
    chosen_from, counted_in = shuffled[::2], shuffled[1::2]
    if not len(counted_in):
        return 1.0 if len(values) else 0.0
    found, counts = np.unique(chosen_from, return_counts=True)
    hits = int((counted_in == found[counts.argmax()]).sum())
    share = hits / len(counted_in) if hits >= min(HITS, len(counted_in)) else 0.0
    return share * len(values) / max(1, of)


def chance_of_repeats(groups: Ints, values: Ints) -> float:
    """How likely two cases of one group have the same value, if that was seen often enough.

    For a value drawn evenly out of so many, that is the chance of a guess; a sample of n tells it
    for spaces up to n² / 60. The commonest of values that are not drawn evenly is above it.
    """
    order = np.lexsort((values, groups))
    of_group = _runs(groups[order])
    same = np.empty(len(values), dtype=bool)
    same[:1] = False
    same[1:] = (np.diff(values[order]) == 0) & (np.diff(groups[order]) == 0)
    of_value = np.diff(np.append(np.flatnonzero(~same), len(values)))
    repeats = _pairs(of_value)
    return repeats / _pairs(of_group) if repeats >= IN_WINDOW else 0.0


def shape(values: Ints, base: int) -> float:
    """The chance of each character's commonest at its place, for values of the commonest length.

    `values` are numbers in this base behind a leading 1 that keeps the length. Right where places
    are independent of each other; the other estimators see it where they are not.
    """
    if not len(values):
        return 0.0
    lengths = np.floor(np.log(values.astype(np.float64)) / np.log(base) + 1e-12).astype(np.int64)
    length = int(np.bincount(lengths).argmax())
    rest, chance = values[lengths == length], 1.0
    many = len(rest)
    chance *= many / len(values)
    for _ in range(length):
        rest, character = np.divmod(rest, base)
        chance *= int(np.bincount(character).max()) / many
    return chance


def in_own_alphabet(values: Ints, base: int) -> Ints:
    """The same in the base of the characters that occur, so that what counts up does so evenly."""
    characters, rest = [], values
    while rest.any():
        rest, last = np.divmod(rest, base)
        characters.append(last)
    used = np.zeros(base, dtype=bool)
    for each in characters:
        used[each] = True
    rank, many = np.cumsum(used) - 1, int(used.sum())
    total = np.zeros(len(values), dtype=np.int64)
    for each in reversed(characters):
        total = total * many + rank[each]
    return total


def _pairs(counts: Ints) -> float:
    sizes = counts.astype(np.float64)
    return float((sizes * (sizes - 1) / 2).sum())


def _runs(ordered: Ints) -> Ints:
    """How long the runs of equal values are."""
    begins = np.flatnonzero(np.append(True, np.diff(ordered) != 0))
    return np.diff(np.append(begins, len(ordered)))
