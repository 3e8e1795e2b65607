"""A rightful customer at the form: reads what it asks for, waits as told, and sends again.

Knows the rules only as people do, by the answers. Whoever uses it says what others do in between.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from linking.ladder import Ladder, Level
from linking.model import CustomerKind, IdentityKey
from linking.ports import Reservation, Tags
from linking.tries.pressure import Thresholds
from linking.tries.reserving import Early, MoreEvidence, TryRule, Wait
from linking.tries.waiting import OwnWaits
from tests.linking.tries_in_memory import TriesInMemory

NOTHING = timedelta(0)


def _nobody(_: datetime) -> None:
    """Nobody else does anything."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One form that was judged in the end, and what came before that.

    `own`: waited for own failures. `priced`: waited because of others. `pages`: forms filled in
    again because more was asked for. `at`: when it was judged.
    """

    is_true: bool
    own: timedelta
    priced: timedelta
    pages: int
    level: Level
    at: datetime


@dataclass
class Rightful:
    """Somebody with their own paper, contact and network, who may mistype.

    `others` is called with the time before every step.
    """

    tries: TriesInMemory
    waits: OwnWaits
    thresholds: Thresholds
    ladder: Ladder
    identity: IdentityKey
    tags: Tags
    others: Callable[[datetime], None] = _nobody
    sent: list[Sent] = field(default_factory=list)

    def sends(
        self,
        now: datetime,
        *,
        is_true: bool,
        typing: timedelta = NOTHING,
        level: Level | None = None,
    ) -> Sent:
        """Open the form now, fill it in, and do what the answers say until it is judged.

        `level` is that of the form: after a failure, the one that stands on the page already.
        """
        level = level or self.ladder.base(CustomerKind.PRIVATE)
        own, priced, pages, shown_at = NOTHING, NOTHING, 0, now
        now += typing
        while True:
            self.others(now)
            match self._step(level, shown_at, now):
                case Wait(until):
                    own, now = own + (until - now), until
                case Early(until):
                    priced, now = priced + (until - now), until
                case MoreEvidence(asked):
                    level, pages, shown_at = asked, pages + 1, now
                    now += typing
                case Reservation() as reserved:
                    if is_true:
                        self.tries.explain(reserved)
                    self.sent.append(Sent(is_true, own, priced, pages, level, now))
                    return self.sent[-1]

    def _step(
        self, level: Level, shown_at: datetime, now: datetime
    ) -> Reservation | Wait | Early | MoreEvidence:
        form = TryRule(self.waits, self.thresholds, (self.ladder,), level, shown_at)
        return self.tries.count(self.identity, self.tags, form, now=now)
