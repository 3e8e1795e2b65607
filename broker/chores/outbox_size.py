"""Telling whoever counts how many messages wait: each worker asks by itself, once a minute.

Not under a lease: what one machine says must not stay when another does the work.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from broker.chores.running import in_background
from broker.storage.errors import StorageError
from broker.storage.ports import OutboxStore
from broker.telemetry.instruments import OutboxWatcher

EVERY_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class OutboxSize:
    """Asks nothing where nobody watches."""

    store: OutboxStore
    watchers: Sequence[OutboxWatcher]
    clock: Callable[[], datetime]

    async def look(self) -> None:
        """Ask once; what cannot be asked stays as it was told."""
        with suppress(StorageError):
            waiting = await self.store.waiting()
            oldest = waiting.oldest
            age = (self.clock() - oldest).total_seconds() if oldest is not None else 0.0
            for each in self.watchers:
                each.outbox(waiting.messages, max(age, 0.0))

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
            await asyncio.sleep(EVERY_SECONDS)
