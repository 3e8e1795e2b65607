"""Looking into what codes are wished for, every few seconds, and telling what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from broker.telemetry.codes import CodeDispatched, CodeWithheld
from broker.telemetry.log import Log
from linking import Codes

EVERY: Final = timedelta(seconds=5)
TURN: Final = timedelta(minutes=2)
"""After this no other wish is looked into: other periodic work waits."""


@dataclass(frozen=True, slots=True)
class SendingCodes:
    """The chore."""

    codes: Codes
    clock: Callable[[], datetime]
    log: Log

    async def run(self, now: datetime) -> int:
        """Send what may be sent, for one turn; how many wishes were settled."""
        settled = await self.codes.send_wished(now, is_over=lambda: self.clock() - now >= TURN)
        for each in settled:
            if each.withheld is None:
                self.log.write(CodeDispatched(each.medium.value))
            else:
                self.log.write(CodeWithheld(each.medium.value, each.withheld.value))
        return len(settled)
