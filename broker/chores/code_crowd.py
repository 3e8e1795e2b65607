"""Telling once when many codes wait to leave: somebody's crowd of wishes may be in front of others.

Nothing is held back or put first because of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from broker.alarms.raising import Alarms
from broker.storage.ports import OutboxStore
from broker.telemetry.alarms import CodesWaiting

MANY: Final = 1_000
"""So many are more than a quiet hour of the largest installations brings."""

_ABOUT: Final = "code"


@dataclass(frozen=True, slots=True)
class CodeCrowdTold:
    """The chore."""

    store: OutboxStore
    alarms: Alarms
    many: int = MANY

    async def run(self, now: datetime) -> int:
        """Tell, if there are many; how many alarms that were."""
        waiting = await self.store.waiting(_ABOUT)
        if waiting.oldest is None or waiting.messages < self.many:
            return 0
        minutes = max(0, int((now - waiting.oldest).total_seconds()) // 60)
        event = CodesWaiting(waiting.messages, minutes, self.many)
        return int(await self.alarms.raise_once(event, _ABOUT))
