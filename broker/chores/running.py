"""Periodic work under durable leases: of any number of workers, one does each, when it is due.

A worker that dies leaves a lease that runs out; a storage that does not answer is tried again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from broker.storage.errors import StorageError
from broker.storage.ports import LeaseStore
from broker.telemetry.log import ChoreDone, ChoreFailed, Log

LOOK_EVERY: Final = timedelta(seconds=15)
LEASE: Final = timedelta(seconds=60)
RENEW_EVERY: Final = timedelta(seconds=20)
AGAIN_AFTER: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Chore:
    """Some work: `run` does it as of a time, and says how many it was of.

    `is_frequent` where turns without any work are not worth a line.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], Awaitable[int]]
    is_frequent: bool = False


@dataclass(frozen=True, slots=True)
class Beat:
    """How often it is looked what is due, and how long a lease lasts that nobody renews."""

    look_every: timedelta = LOOK_EVERY
    lease: timedelta = LEASE
    renew_every: timedelta = RENEW_EVERY
    again_after: timedelta = AGAIN_AFTER


@dataclass(frozen=True, slots=True)
class Chores:
    """`holder` names this worker in leases; `has_the_time`: whether its clock is the others'.

    When work was done is told in the time of who did it: ahead of the others by an hour, it would
    not be due for them for an hour.
    """

    chores: Sequence[Chore]
    leases: LeaseStore
    holder: str
    clock: Callable[[], datetime]
    log: Log
    beat: Beat = Beat()
    has_the_time: Callable[[], bool] = lambda: True

    async def look(self) -> None:
        """Do what is due and nobody else does.

        Whatever goes wrong with one chore is told, and ends neither the others nor the next look.
        """
        for chore in self.chores:
            try:
                if self.has_the_time() and await self._acquired(chore):
                    await self._do(chore)
            except Exception as error:  # noqa: BLE001 - also a fault of ours: see above
                self.log.write(ChoreFailed(chore=chore.name, error=type(error).__name__))

    async def forever(self) -> None:
        """At once, and then every few seconds."""
        while True:
            await self.look()
            await asyncio.sleep(self.beat.look_every.total_seconds())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """In the background for as long as the context lasts."""
        async with in_background(self.forever()):
            yield

    async def _acquired(self, chore: Chore) -> bool:
        return await self.leases.acquire(
            chore.name, self.holder, now=self.clock(), lasts=self.beat.lease, every=chore.every
        )

    async def _do(self, chore: Chore) -> None:
        """Work while somebody renews the lease; give it back done, or to be tried again."""
        try:
            async with in_background(self._renew(chore)):
                done = await chore.run(self.clock())
        except Exception:
            again_at = self.clock() + self.beat.again_after
            await self.leases.release(chore.name, self.holder, again_at=again_at)
            raise
        await self.leases.done(chore.name, self.holder, at=self.clock())
        if done or not chore.is_frequent:
            self.log.write(ChoreDone(chore=chore.name, done=done))

    async def _renew(self, chore: Chore) -> None:
        while True:
            await asyncio.sleep(self.beat.renew_every.total_seconds())
            with suppress(StorageError):
                await self.leases.renew(
                    chore.name, self.holder, now=self.clock(), lasts=self.beat.lease
                )


@asynccontextmanager
async def in_background(work: Awaitable[None]) -> AsyncIterator[None]:
    """Run beside the context's body, and no longer."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        # Not `await task`, suppressing its cancellation: our own, in that moment, would go too.
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()
