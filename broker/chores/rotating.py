"""Keys that are announced, that begin to sign, and that are removed, each when it is time.

One worker does it, by the database's clock; all follow by the ring's revision.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from broker.storage.ports import Revisions
from broker.telemetry.keys import KeyMoved
from broker.telemetry.log import Log
from keys import Algorithm, Rotation, Schedule, Workshop

EVERY: Final = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Rotating:
    """The chore. `is_automatic`: keys are replaced by themselves.

    `without`: the workers that do not have the master key that seals here.
    """

    shop: Workshop
    schedule: Schedule
    algorithms: Sequence[Algorithm]
    is_automatic: bool
    revisions: Revisions
    without: Callable[[], Awaitable[Sequence[str]]]
    log: Log

    async def run(self, _now: datetime) -> int:
        """Do what is due; how much that was.

        Making keys takes its time: what is done with them is done in the time of after that.
        """
        rotation = Rotation(self.shop, self.schedule, self.algorithms, self.is_automatic)
        fresh = await rotation.prepared(now=await self._now())
        if fresh and await self.without():
            return 0  # they could not open what would be sealed: a master key is being rolled out
        done = await rotation.turn(now=await self._now(), fresh=fresh)
        for each in done:
            self.log.write(KeyMoved(each.key.state.value, each.key.algorithm.value, each.key.kid))
        return len(done)

    async def _now(self) -> datetime:
        return (await self.revisions.read()).clock
