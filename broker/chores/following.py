"""Following the revision row: what this worker holds in memory is read anew when it was changed.

Asked once a second, so that a change on one machine reaches every worker of all within that. A
worker that has not been able to ask for some seconds says that it does not know any more.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from broker.chores.running import in_background
from broker.storage.ports import Revision, Revisions
from broker.telemetry.log import FollowingFailed, Log

EVERY_SECONDS: Final = 1.0
KNOWS_FOR_SECONDS: Final = 15.0


class Following:
    """`reload_keys` and `forget_clients` are called when theirs has changed."""

    def __init__(
        self,
        revisions: Revisions,
        *,
        seen: Revision,
        reload_keys: Callable[[], Awaitable[None]],
        forget_clients: Callable[[], None],
        log: Log,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._revisions = revisions
        self._seen = seen
        self._reload_keys = reload_keys
        self._forget_clients = forget_clients
        self._log = log
        self._monotonic = monotonic
        self._asked_at = monotonic()

    @property
    def knows(self) -> bool:
        """Whether what this worker holds in memory was true some seconds ago."""
        return self._monotonic() - self._asked_at < KNOWS_FOR_SECONDS

    async def look(self) -> None:
        """Ask once, and follow; what cannot be followed is tried again the next time."""
        try:
            await self._follow(await self._revisions.read())
        except Exception as error:  # noqa: BLE001 - whoever stops following is never ready again
            self._log.write(FollowingFailed(error=type(error).__name__))
        else:
            self._asked_at = self._monotonic()

    async def _follow(self, now: Revision) -> None:
        if now.clients != self._seen.clients:
            self._forget_clients()
        if now.keys != self._seen.keys:
            await self._reload_keys()
        self._seen = now

    async def forever(self) -> None:
        """Every second."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await self.look()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """In the background for as long as the context lasts."""
        async with in_background(self.forever()):
            yield
