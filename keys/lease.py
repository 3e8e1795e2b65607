"""How long a worker may use what it has seen of the ring, on clocks that also count a suspension.

A machine that was paused for an hour must not wake up and sign with a key that is long removed.
CLOCK_BOOTTIME goes on while a machine sleeps; where a whole virtual machine is stopped from
outside, no clock of its own does, but the wall clock is set right soon after. So both are asked,
and whichever says that more time has passed is believed.
"""

import time
from collections.abc import Callable, Sequence
from typing import Final, NewType

Moment = NewType("Moment", tuple[float, ...])
"""One reading of every clock, in seconds."""

Clock = Callable[[], float]


def since_boot() -> float:
    """Seconds since the machine started, its sleep included where the system can tell."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


CLOCKS: Final[Sequence[Clock]] = (since_boot, time.time)


class Lease:
    """Holds for some seconds from when a look that succeeded began."""

    def __init__(self, lasts: float, *, clocks: Sequence[Clock] = CLOCKS) -> None:
        self._lasts = lasts
        self.clocks = clocks
        self._since: Moment | None = None

    def now(self) -> Moment:
        """Read the clocks: before the look, which may take its time."""
        return Moment(tuple(clock() for clock in self.clocks))

    def renew(self, since: Moment) -> None:
        """Let it hold from that moment; what was seen was true then or later."""
        self._since = since

    def drop(self) -> None:
        """Let it hold no more, whenever it was renewed."""
        self._since = None

    @property
    def holds(self) -> bool:
        """Whether what was seen may be used."""
        if self._since is None:
            return False
        passed = [now - then for now, then in zip(self.now(), self._since, strict=True)]
        return max(passed) < self._lasts
