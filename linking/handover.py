"""A number that passes to somebody else: what on file is still of whoever had it before.

The day of the move and the contact of who moves in may reach us in either order, some time apart.
In between, the contact on file may be of whoever moved out: nobody is told there, and no code goes
there. A letter does, and an invoice connects.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

LATE: Final = timedelta(days=30)
"""For so long after a move a contact from before it may only not have been replaced yet."""

AHEAD: Final = timedelta(days=30)
"""So long before a move its contact may have been written down already."""


def is_from_before(changed_on: date | None, evidence_from: date | None, today: date) -> bool:
    """Whether the contact on file is likely to be of whoever had the number before.

    `changed_on` is since when it is what it is; None is longer than we know.
    """
    if evidence_from is None or not evidence_from <= today < evidence_from + LATE:
        return False
    return changed_on is None or changed_on < evidence_from - AHEAD


def came_with_it(changed_on: date | None, evidence_from: date | None, today: date) -> bool:
    """Whether a contact that is on file since then took the place of one from before the move."""
    if evidence_from is None or changed_on is None:
        return False
    return changed_on <= evidence_from <= today


@dataclass(frozen=True, slots=True)
class Move:
    """The move of a number as it is read today; `is_news`: its day was not known before."""

    evidence_from: date | None
    today: date
    is_news: bool

    def left_behind(self, since: date | None) -> bool:
        """Whether a contact that is replaced today, on file since then, was of who moved out."""
        moved = self.evidence_from
        if moved is None or not moved <= self.today < moved + LATE:
            return False
        return since is None or since < moved

    def brought(self, since: date | None) -> bool:
        """Whether a contact that stays, on file since then, came with the move."""
        moved = self.evidence_from
        if moved is None or since is None or moved > self.today:
            return False
        return since <= moved or (self.is_news and since - moved < AHEAD)
