"""How hard everybody's failures press: shown by each worker, and told once when it is much.

What a request does depends on none of this.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from broker.alarms.raising import Alarms
from broker.chores.running import in_background
from broker.storage.errors import StorageError
from broker.storage.pressure_ports import PressureFigures
from broker.telemetry.alarms import Spray
from broker.telemetry.instruments import PressureWatcher
from linking import CustomerRegister, RegisterUnavailable, Thresholds
from linking.tries.pressure import Cause

EVERY: Final = timedelta(minutes=1)
_LOOKED_BACK: Final = timedelta(minutes=10)
"""Some turns may be missed."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The failures of everybody, and what changes from how many on."""

    register: CustomerRegister
    figures: PressureFigures
    thresholds: Callable[[int], Thresholds]

    async def now(self) -> Thresholds:
        """The thresholds for as many customers as there are."""
        return self.thresholds(await self.register.size())


@dataclass(frozen=True, slots=True)
class PressureShown:
    """Each worker asks by itself, once a minute; nothing where nobody watches."""

    measured: Measured
    watchers: Sequence[PressureWatcher]
    clock: Callable[[], datetime]

    async def look(self) -> None:
        """Ask once; what cannot be asked stays as it was told."""
        with suppress(StorageError, RegisterUnavailable):
            pressure = await self.measured.figures.of_everybody(now=self.clock())
            threshold = (await self.measured.now()).daily
            for each in self.watchers:
                each.pressure(pressure.of_all, pressure.beyond_first, threshold)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """In the background for as long as the context lasts."""
        if not self.watchers:
            yield
            return
        async with in_background(self._forever()):
            yield

    async def _forever(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(EVERY.total_seconds())


@dataclass(frozen=True, slots=True)
class SprayTold:
    """The chore."""

    measured: Measured
    alarms: Alarms

    async def run(self, now: datetime) -> int:
        """Tell of what has reached its threshold; how many alarms that were."""
        try:
            thresholds = await self.measured.now()
        except RegisterUnavailable:
            return 0
        everybody = await self.measured.figures.of_everybody(now=now)
        widest = await self.measured.figures.widest_invoice(since=now - _LOOKED_BACK, now=now)
        reached = (
            (Cause.EVERYBODY, everybody.of_all, thresholds.daily),
            (Cause.INVOICE, widest, thresholds.on_invoice),
        )
        return sum(
            [
                await self.alarms.raise_once(Spray(cause.value, count, threshold), cause.value)
                for cause, count, threshold in reached
                if count >= threshold
            ]
        )
