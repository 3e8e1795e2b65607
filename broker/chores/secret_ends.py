"""Our secrets at providers end on a day that they have told us: said ahead, three times."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from broker.alarms.raising import Alarms
from broker.telemetry.keys import SecretEnds

EVERY: Final = timedelta(hours=1)
AHEAD: Final = (3, 14, 30)
"""Days."""
_ONCE: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class SecretsEnding:
    """The chore. `ends` has the providers whose secret ends, and when."""

    ends: Mapping[str, date]
    alarms: Alarms

    async def run(self, now: datetime) -> int:
        """Tell what is near, once for each of the three times; how many were told."""
        told = 0
        for provider, day in self.ends.items():
            left = (day - now.date()).days
            near = next((each for each in AHEAD if left <= each), None)
            if near is not None:
                cause = f"{provider} {day.isoformat()} {near}"
                told += await self.alarms.raise_once(
                    SecretEnds(provider, left), cause, within=_ONCE
                )
        return told
