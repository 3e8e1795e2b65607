"""Attackers who know the rules, the customers' numbers and every counter, and waste nothing.

A try that would be refused costs them nothing: they know, and skip it. `careful` ones use the two
numbers alone, and only while the day's threshold is not reached; `greedy` ones go on with a second
item when they have to. Every identity tries as often as its own waits let it.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from linking.ladder import Level
from linking.model import IdentityKey
from linking.ports import Reservation, Tags
from linking.tries.bound import Guessing
from linking.tries.reserving import MoreEvidence, TryRule, Wait
from tests.linking.tries_in_memory import TriesInMemory

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_LONG_OPEN = timedelta(minutes=1)

Guess = Callable[[], tuple[int, int, bool]]
"""The next guess: a customer, an invoice number, and whether that is right."""


@dataclass(slots=True)
class Tally:
    """What was judged, by level, and what of it was true."""

    first: int = 0
    second: int = 0
    takeovers: int = 0

    @property
    def judged(self) -> int:
        """All of them."""
        return self.first + self.second


@dataclass
class Spray:
    """Many customers, each a few times. `second` is the chance that the second item is right."""

    guessing: Guessing
    guess: Guess
    second: float
    chance: random.Random
    is_careful: bool = False
    below: int = 0
    tries: TriesInMemory = field(default_factory=TriesInMemory)
    failures: dict[IdentityKey, int] = field(default_factory=dict)

    def run(self, span: timedelta) -> Tally:
        """From the beginning to the end of the span, every identity whenever it may."""
        tally, now, end = Tally(), BEGIN, BEGIN + span
        ready = [(BEGIN, each) for each in range(self.guessing.identities)]
        names = [IdentityKey("https://login.example", f"{n}") for n in range(len(ready))]
        purged = BEGIN
        while True:
            at, who = heapq.heappop(ready)
            now = max(now, at)
            if now >= end:
                return tally
            if now - purged > timedelta(days=1):
                self.tries.purge(now)
                purged = now
            level = self._level(now)
            if level is None:
                now = now.replace(minute=0, second=0, microsecond=0) + _HOUR
                heapq.heappush(ready, (now, who))
            else:
                heapq.heappush(ready, (self._try(names[who], level, tally, now), who))

    def _level(self, now: datetime) -> Level | None:
        """What is worth trying now; None when nothing is before the next hour."""
        limits = self.guessing.thresholds
        pressure = self.tries.pressure(Tags(b""), now=now)
        if (
            self.guessing.ladder.private is Level.INVOICE
            and pressure.of_all < limits.daily - self.below
        ):
            return Level.INVOICE
        if self.is_careful:
            return None
        closed = self.guessing.ladder.all_private_reachable
        return None if closed and pressure.beyond_first >= limits.daily else Level.SECOND_ITEM

    def _try(self, who: IdentityKey, level: Level, tally: Tally, now: datetime) -> datetime:
        """One guess; when this identity may go on."""
        customer, invoice, is_right = self.guess()
        tags = Tags(b"%d" % customer, (b"%d" % invoice,))
        form = self._form(level, now)
        outcome = self.tries.count(who, tags, form, now=now)
        if isinstance(outcome, MoreEvidence):
            if outcome.level is Level.CODE or self.is_careful:
                return now
            form = self._form(outcome.level, now)
            outcome = self.tries.count(who, tags, form, now=now)
        if isinstance(outcome, Reservation):
            self._judge(outcome, form.given, tally, is_right=is_right)
            return now + self.guessing.waits.after(self.failures[who])
        if isinstance(outcome, MoreEvidence):
            return now
        return outcome.until if isinstance(outcome, Wait) else max(outcome.until, now)

    def _judge(self, outcome: Reservation, given: Level, tally: Tally, *, is_right: bool) -> None:
        if given is Level.INVOICE:
            tally.first += 1
        else:
            tally.second += 1
            is_right = is_right and self.chance.random() < self.second
        who = outcome.identity
        if is_right:
            tally.takeovers += 1
            self.tries.explain(outcome)
        self.failures[who] = self.failures.get(who, 0) + (not is_right)

    def _form(self, level: Level, now: datetime) -> TryRule:
        guessing = self.guessing
        return TryRule(
            guessing.waits, guessing.thresholds, (guessing.ladder,), level, now - _LONG_OPEN
        )
