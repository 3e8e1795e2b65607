"""Deleting what has expired: sessions with their profiles, grants, waits, unconnected sign-ins.

Safe to run by any number of processes: each deletion is a short transaction over what is over
anyway. A storage that does not answer is tried again at the next turn.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.storage.errors import StorageError
from broker.telemetry.log import Log, Purged, PurgeFailed

EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Purging:
    """`purge` deletes what is over at a time, and says how many."""

    purge: Callable[[datetime], Awaitable[int]]
    clock: Callable[[], datetime]
    log: Log

    async def once(self) -> None:
        """One turn; never raises for a storage that does not answer."""
        try:
            deleted = await self.purge(self.clock())
        except StorageError as error:
            self.log.write(PurgeFailed(error=type(error).__name__))
        else:
            self.log.write(Purged(deleted=deleted))

    async def forever(self) -> None:
        """At once, and then every hour."""
        while True:
            await self.once()
            await asyncio.sleep(EVERY.total_seconds())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """In the background for as long as the context lasts."""
        task = asyncio.create_task(self.forever())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
