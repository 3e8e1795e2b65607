"""How long somebody waits after failures of their own.

Nobody is ever locked out: the waits grow, are short, end at a longest one, and depend on nothing
but this one identity's own failures. A plain rule; `linking.ports.TryStore` does the counting.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Step:
    """So many waits of this length."""

    wait: timedelta
    times: int


@dataclass(frozen=True, slots=True)
class OwnWaits:
    """Free failures first, then the steps, then the longest wait for every further failure.

    `memory` is how long failures are remembered when nothing more happens.
    """

    free: int = 5
    steps: tuple[Step, ...] = (
        Step(timedelta(seconds=30), times=5),
        Step(timedelta(minutes=2), times=5),
    )
    longest: timedelta = timedelta(minutes=10)
    memory: timedelta = timedelta(days=30)

    def after(self, failures: int) -> timedelta:
        """The wait that so many failures bring, counted from the latest."""
        if failures <= self.free:
            return timedelta(0)
        beyond = failures - self.free
        for step in self.steps:
            if beyond <= step.times:
                return step.wait
            beyond -= step.times
        return self.longest
