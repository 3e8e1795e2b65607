"""A circuit breaker: after several failures in a row, stop calling for a while, then probe once.

It is told what counts as a failure (`http` tells it of time-outs, failed connections and 5xx only,
never of a refusal, which is an answer). It holds no lock: it runs on one event loop.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

THRESHOLD = 5
COOL_DOWN = timedelta(seconds=30)


class Breaker:
    """Closed, open or half-open; one for each whom we call."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        threshold: int = THRESHOLD,
        cool_down: timedelta = COOL_DOWN,
    ) -> None:
        self._clock = clock
        self._threshold = threshold
        self._cool_down = cool_down
        self._failures = 0
        self._opened_at: datetime | None = None
        self._probing_since: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether every call would be refused now; a half-open breaker is not open."""
        return self._opened_at is not None and self._clock() - self._opened_at < self._cool_down

    def admit(self) -> bool:
        """Whether a call may go out now; while half-open, one at a time.

        A probe that never reports (its caller went away) gives up its place after the cool-down.
        """
        if self._opened_at is None:
            return True
        now = self._clock()
        if self.is_open or (
            self._probing_since is not None and now - self._probing_since < self._cool_down
        ):
            return False
        self._probing_since = now
        return True

    def succeeded(self) -> None:
        """An answer came: close."""
        self._failures = 0
        self._opened_at = None
        self._probing_since = None

    def failed(self) -> None:
        """No answer came: open at the threshold, which a failed probe is always beyond."""
        self._failures += 1
        self._probing_since = None
        if self._failures >= self._threshold:
            self._opened_at = self._clock()
