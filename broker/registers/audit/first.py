"""What the best guess at an invoice number is worth, for a customer whose number is known.

Of five kinds of guessers: one who knows only the range, one who knows the month, one who knows the
day, one who types what many customers have, and (`neighbours`) one who has papers of his own.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from broker.registers.audit.chance import NONE, Chance, best
from broker.registers.audit.chances import IN_WINDOW, Ints, commonest
from broker.registers.audit.evidence import Evidence, months_of
from broker.registers.audit.figures_of_text import ends_with_check_digit
from broker.registers.audit.neighbours import with_own_papers

WIDE: Final = 100
"""A gap so many times the median one is a stretch of numbers that were not handed out."""

_LOOKED_AT: Final = 2_000


def chances_of_number(evidence: Evidence) -> Mapping[str, Chance]:
    """By guesser. A Luhn digit at the end is left away first: it is worked out, not guessed."""
    if not len(evidence):
        return {}
    known = _without_check_digit(evidence)
    holders = len(known.holders)
    return {
        "range": Chance(len(known) / holders / room(known.number), holders),
        "month": _month(known, holders),
        "day": _day(known),
        "frequent": Chance(commonest(known.number, holders), holders),
        **with_own_papers(known),
    }


def room(numbers: Ints) -> float:
    """How many numbers there are to choose among, without stretches that were not handed out."""
    gaps = np.diff(np.sort(numbers)).astype(np.float64)
    gaps = gaps[gaps > 0]
    if not len(gaps):
        return 1.0
    return float(gaps[gaps <= WIDE * np.median(gaps)].sum()) + 1


def _without_check_digit(evidence: Evidence) -> Evidence:
    some = evidence.number[:: max(1, len(evidence) // _LOOKED_AT)].tolist()
    if not ends_with_check_digit(some):
        return evidence
    return evidence.numbered(evidence.number // 10)


def _month(evidence: Evidence, holders: int) -> Chance:
    """The month in which a guess is worth most; not everybody has an invoice of it."""
    found = (
        Chance(len(numbers) / holders / room(numbers), len(numbers))
        for numbers in _groups(months_of(evidence.day), evidence.number)
        if len(numbers) >= max(IN_WINDOW, holders / 100)
    )
    return best(*found)


def _day(evidence: Evidence) -> Chance:
    """For whoever knows that the customer got an invoice of that day; the mean over invoices."""
    hits, papers = 0.0, 0
    for numbers in _groups(evidence.day, evidence.number):
        if len(numbers) >= IN_WINDOW:
            hits += len(numbers) / room(numbers)
            papers += len(numbers)
    return Chance(hits / papers, papers) if papers else NONE


def _groups(keys: Ints, values: Ints) -> Iterator[Ints]:
    order = np.argsort(keys, kind="stable")
    begins = np.flatnonzero(np.append(True, np.diff(keys[order]) != 0))[1:]
    yield from np.split(values[order], begins)
