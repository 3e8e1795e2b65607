"""A wait as pages say it: how long still, and until when by the clock on the wall."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

SHORT: Final = timedelta(minutes=3)
"""Up to here a page says seconds: a minute more or less would be much of it."""


@dataclass(frozen=True, slots=True)
class Pause:
    """`until` is an aware time; `left` is until then, in whole seconds, when the page is shown."""

    until: datetime
    left: timedelta

    @classmethod
    def until_from(cls, until: datetime, now: datetime) -> "Pause":
        """From now on: whole seconds, rounded up and never none."""
        seconds = max(1, math.ceil((until - now).total_seconds()))
        return cls(until, timedelta(seconds=seconds))

    @property
    def is_short(self) -> bool:
        """Whether it is told to the second."""
        return self.left <= SHORT

    @property
    def ends(self) -> datetime:
        """The time to say: never before the end, and with nothing finer than is said."""
        unit = 1 if self.is_short else 60
        return self.until + timedelta(seconds=-self.until.timestamp() % unit)
