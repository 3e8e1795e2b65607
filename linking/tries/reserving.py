"""Whether a try may be judged now. The one decision that reads what was counted.

In this order: somebody's own failures may make them wait; the failures of everybody may ask for
more evidence, or for a moment's patience. Whoever has waited, and brings what is asked for, is
judged, whatever others do.

A plain rule over what `linking.ports.TryStore` has counted, applied by it in the same step that
counts the try.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from linking.ladder import Ladder, Level
from linking.tries.pressure import (
    NO_PRESSURE,
    Cause,
    Pressure,
    Thresholds,
    evidence_under,
    patience_under,
)
from linking.tries.waiting import OwnWaits


@dataclass(frozen=True, slots=True)
class SoFar:
    """What was counted before a try: this identity's own failures, and everybody's."""

    failures: int = 0
    latest: datetime | None = None
    pressure: Pressure = NO_PRESSURE


@dataclass(frozen=True, slots=True)
class Wait:
    """This identity's own failures make it wait; nothing was judged, nothing counted."""

    until: datetime


@dataclass(frozen=True, slots=True)
class MoreEvidence:
    """A form of this level is to be filled in; nothing was judged, nothing counted.

    `cause` is for operators, and the same outcome whatever it is; None where the company begins so.
    """

    level: Level
    cause: Cause | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Early:
    """The form was sent sooner than it may be under pressure; nothing was judged or counted.

    `cause` is for operators, and the same outcome whatever it is.
    """

    until: datetime
    cause: Cause | None = field(default=None, compare=False)


NotNow: TypeAlias = Wait | MoreEvidence | Early


@dataclass(frozen=True, slots=True)
class TryRule:
    """One form that was sent: with evidence of a level, for some companies, shown at a time."""

    waits: OwnWaits
    thresholds: Thresholds
    ladders: tuple[Ladder, ...]
    given: Level
    shown_at: datetime

    @property
    def memory(self) -> timedelta:
        """How long a failure is remembered when nothing more happens."""
        return self.waits.memory

    def not_now(self, so_far: SoFar, *, now: datetime) -> NotNow | None:
        """Why this try is not judged now; None when it is."""
        if wait := self.own_wait(so_far, now=now):
            return wait
        if self.given is Level.CODE:  # nothing that others do matters to who has one
            return None
        if (asked := self.asked(so_far.pressure)) > self.given:
            return MoreEvidence(asked, self._cause(so_far.pressure))
        # Not after now, even if another worker's clock is ahead: no price is no moment's wait.
        since = min(now, max(self.shown_at, so_far.latest or self.shown_at))
        price, cause = patience_under(so_far.pressure, self.thresholds)
        return Early(since + price, cause) if now < since + price else None

    def asked(self, pressure: Pressure) -> Level:
        """The level of the form: what the strictest of its companies asks for now.

        Never more than the customers of each of them can bring. A company that begins at a code
        asks for nothing here: its customers find that on another page.
        """
        pressed, _ = evidence_under(pressure, self.thresholds)
        here = [ladder for ladder in self.ladders if ladder.takes_invoices]
        within = min((ladder.within(pressed) for ladder in here), default=Level.CODE)
        return max((within, *(ladder.private for ladder in here)))

    def counted_as(self, pressure: Pressure) -> Level:
        """The level that a try counts at: what was not asked for presses nobody further."""
        return self.given if self.given is Level.CODE else min(self.given, self.asked(pressure))

    def _cause(self, pressure: Pressure) -> Cause | None:
        """None where the companies ask for as much without any pressure."""
        if self.asked(NO_PRESSURE) > self.given:
            return None
        return evidence_under(pressure, self.thresholds)[1]

    def wait_if_wrong(self, so_far: SoFar, *, now: datetime) -> datetime | None:
        """Until when one more failure of its own makes this identity wait."""
        latest = now if so_far.latest is None else max(so_far.latest, now)
        wait = self.waits.after(so_far.failures + 1)
        return latest + wait if wait else None

    def own_wait(self, so_far: SoFar, *, now: datetime) -> Wait | None:
        """Reads own failures alone. A zero wait is no wait, even if another clock is ahead."""
        wait = self.waits.after(so_far.failures)
        if so_far.latest is None or not wait:
            return None
        until = so_far.latest + wait
        return Wait(until) if now < until else None
