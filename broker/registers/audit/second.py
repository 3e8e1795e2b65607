"""What the best guess at the second item is worth, for somebody who has the right invoice number.

He knows the run and the due date by it, and the papers around it as if they were his own. What an
OCR number or a code has of the two numbers was left away when it was read (`second_figures`).
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from broker.registers.audit.chance import Chance, best
from broker.registers.audit.chances import (
    IN_WINDOW,
    Ints,
    chance_of_repeats,
    commonest,
    densest,
    in_own_alphabet,
    shape,
)
from broker.registers.audit.evidence import Evidence, months_of
from broker.registers.audit.second_figures import BASES
from linking.company import Company
from linking.ladder import SecondItem

_A_RUN: Final = 1_000
"""Papers before a run is judged by itself: the worst of many small ones would be luck."""


def chances_of_second(evidence: Evidence, company: Company) -> Mapping[str, Chance]:
    """By guesser, over the papers on which the item stands."""
    item = company.ladder.second_item
    known = evidence.with_second()
    if not len(known):
        return {}
    if item is SecondItem.OCR and company.accepts_ocr:
        # It may have been typed in the first field already.
        return {"same_number": Chance(1.0, len(known))}
    amounts = item is SecondItem.AMOUNT_AND_DUE_DATE
    evenly = known.second if amounts else in_own_alphabet(known.second, BASES[item])
    runs = known.due if amounts else known.day
    found = {
        "frequent": _frequent(known, runs, within_runs=amounts),
        "in_run": _in_runs(runs, known.second),
        "crowded": densest(evenly, len(known)),
        "paper_before": _after_another(known, evenly),
    }
    if not amounts:
        found["shape"] = Chance(shape(known.second, BASES[item]), len(known))
    return found


def _frequent(known: Evidence, runs: Ints, *, within_runs: bool) -> Chance:
    """The commonest of all; and how often two papers have the same."""
    share = commonest(known.second, len(known))
    if within_runs:
        return Chance(max(share, chance_of_repeats(runs, known.second)), len(known))
    values = _once_a_customer(known)
    all_together = np.zeros(len(values), dtype=np.int64)
    return Chance(max(share, chance_of_repeats(all_together, values)), len(known))


def _once_a_customer(known: Evidence) -> Ints:
    """A code that a customer has for good stands on many papers, and is one value to guess."""
    order = np.lexsort((known.owner, known.second))
    owner, value = known.owner[order], known.second[order]
    is_new = np.append(True, (np.diff(owner) != 0) | (np.diff(value) != 0))
    once: Ints = value[is_new]
    return once


def _in_runs(runs: Ints, values: Ints) -> Chance:
    """The commonest of each run: over all runs, and in the large run where it is worth most."""
    order = np.argsort(runs, kind="stable")
    begins = np.flatnonzero(np.append(True, np.diff(runs[order]) != 0))[1:]
    hits, of_large = 0.0, []
    for run in np.split(values[order], begins):
        share = commonest(run, len(run)) if len(run) > IN_WINDOW else 0.0
        hits += share * len(run)
        if len(run) >= _A_RUN:
            of_large.append(densest(run, len(run)))
    return best(Chance(hits / len(values), len(values)), *of_large)


def _after_another(known: Evidence, second: Ints) -> Chance:
    """From the item on the paper numbered before, and on the customer's before, of one month."""
    by_number = second[np.argsort(known.number, kind="stable")]
    months = months_of(known.day)
    by_customer = np.lexsort((known.owner, months))
    same_month = np.diff(months[by_customer]) == 0
    steps = np.diff(second[by_customer])[same_month]
    return best(
        densest(np.diff(by_number), max(1, len(by_number) - 1)),
        densest(steps, max(1, len(steps))),
    )
