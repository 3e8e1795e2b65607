"""The daily reading of a register elsewhere: done, and what is odd about it told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from broker.registers.distant.daily import DailyReading
from broker.telemetry.log import Log
from broker.telemetry.registers import RegisterDoubted, RegisterRead

EVERY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """`name` is the register's in the configuration."""

    name: str
    reading: DailyReading
    log: Log

    async def run(self, now: datetime) -> int:
        """Read everybody who is linked; how many those are. Raises RegisterUnavailable."""
        read = await self.reading.run(now)
        for each in read:
            self.log.write(
                RegisterRead(
                    self.name, each.company, each.linked, each.unknown, each.suspended,
                    each.contacts_changed,
                )
            )  # fmt: skip
            if each.is_doubted:
                self.log.write(RegisterDoubted(self.name, each.company, each.lifted))
        return sum(each.linked for each in read)
