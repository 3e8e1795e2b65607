"""Looking into what codes are wished for, every few seconds, and telling what came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from broker.telemetry.codes import CodeDispatched, CodeWithheld
from broker.telemetry.log import Log
from linking import Codes

EVERY: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class SendingCodes:
    """The chore."""

    codes: Codes
    log: Log

    async def run(self, now: datetime) -> int:
        """Send what may be sent; how many wishes were settled."""
        settled = await self.codes.send_wished(now)
        for each in settled:
            if each.withheld is None:
                self.log.write(CodeDispatched(each.medium.value))
            else:
                self.log.write(CodeWithheld(each.medium.value, each.withheld.value))
        return len(settled)
