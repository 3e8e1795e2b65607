"""Who may ask a billing system that fails: a breaker that no single account can open for all.

Whoever's question found no answer rests for a while, alone. Only failures of several askers in a
row open the breaker; then one question at a time goes out, of whoever has not failed meanwhile. It
holds no lock: it runs on one event loop. It does not know what was asked.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from linking.codes.ports import WISHED

FAILURES: Final = 5
ASKERS: Final = 3
"""So many failures in a row, of so many who asked, are an outage of the billing system's."""

COOL_DOWN: Final = timedelta(seconds=30)
FIRST_REST: Final = timedelta(seconds=10)
LONGEST_REST: Final = timedelta(minutes=2)
FORGOTTEN: Final = timedelta(minutes=10)
"""So long after a rest, the next is a first one again."""

OWN_WORK: Final = b""
"""Asks of customers whom we know, in nobody's name: it never rests, and no stranger can choose what
it asks for, so that its failures need no others beside them."""

_MOST: Final = 10_000
"""Askers who are remembered at most; the oldest are forgotten first."""


class _Rest(NamedTuple):
    """An asker's latest, and how many it was in a row."""

    until: datetime
    times: int


class Outages:
    """One for each way to a billing system; an asker is a keyed hash."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._failures = 0
        self._failing: set[bytes] = set()
        self._rests: OrderedDict[bytes, _Rest] = OrderedDict()
        self._opened_at: datetime | None = None
        self._is_probing = False

    def refusal(self, asker: bytes) -> str:
        """Why this asker's question does not go out now; empty if it does."""
        rest, now = self._rests.get(asker), self._clock()
        if rest is not None and now < rest.until:
            return "asked_too_soon"
        if self._opened_at is None:
            return ""
        is_left_alone = asker in self._failing and now - self._opened_at < COOL_DOWN
        return "breaker_open" if is_left_alone or self._is_probing else ""

    @contextmanager
    def asking(self) -> Iterator[None]:
        """A question that goes out: while the breaker is open, the only one."""
        is_probe = self._opened_at is not None
        self._is_probing |= is_probe
        try:
            yield
        finally:
            if is_probe:
                self._is_probing = False

    def answered(self) -> None:
        """An answer came: close. Rests go on: who has an answer to spare could else end theirs."""
        self._failures = 0
        self._failing.clear()
        self._opened_at = None

    def failed(self, asker: bytes) -> None:
        """No answer came: let the asker rest; open, if they are not the only one.

        One account may wish for codes of many numbers, and each asks by itself: such a failure
        opens nothing.
        """
        if asker != OWN_WORK:
            self._rest(asker)
        if asker.startswith(WISHED):
            return
        self._failures += 1
        if len(self._failing) < _MOST:
            self._failing.add(asker)
        is_not_alone = OWN_WORK in self._failing or len(self._failing) >= ASKERS
        if is_not_alone and self._failures >= FAILURES:
            self._opened_at = self._clock()

    def _rest(self, asker: bytes) -> None:
        """Twice as long each time: about as long as the failing has gone on, and then the most."""
        now = self._clock()
        latest = self._rests.get(asker)
        if latest is not None and now < latest.until:  # asked together with the one that failed
            return
        times = latest.times + 1 if latest and now < latest.until + FORGOTTEN else 1
        wait = min(FIRST_REST * 2 ** min(times - 1, 10), LONGEST_REST)
        self._rests[asker] = _Rest(now + wait, times)
        self._rests.move_to_end(asker)
        if len(self._rests) > _MOST:
            self._rests.popitem(last=False)
