"""Answers that leave at a tick, counted from when the question came.

What is left of how long the work took is the number of ticks, which is the same for every answer as
long as the work is shorter than one. Counted from the question and not by the wall clock, on which
a tick could be aimed at.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic


@dataclass(frozen=True, slots=True)
class Pacing:
    """`every` and the clock's time are seconds; no ticks where `every` is 0."""

    every: float
    clock: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def begin(self) -> float:
        """When the question came."""
        return self.clock()

    async def tick(self, began: float) -> None:
        """Wait for the next one."""
        if self.every > 0:
            await self.sleep(self.every - (self.clock() - began) % self.every)
