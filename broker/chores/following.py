"""Following the revision row: what this worker holds in memory is read anew when it was changed.

Asked once a second, so that a change on one machine reaches every worker of all within that. What
was read may be used for as long as the lease holds; a worker that has not been able to ask for some
seconds, or whose clock is not the database's, does not know any more: it neither signs nor
publishes keys. Every few seconds it says that it lives and which ring it publishes, since a new key
waits for everybody.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from broker.chores.running import in_background
from broker.storage.key_ports import Workers
from broker.storage.ports import Revision, Revisions
from broker.telemetry.log import ClockApart, FollowingFailed, Log
from keys import CLOCKS_APART, KeysError, Lease

EVERY_SECONDS: Final = 1.0
KNOWS_FOR_SECONDS: Final = 15.0
SAYS_SO_EVERY_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Presence:
    """This worker among all: under which name it says what it publishes, and what it began with."""

    name: str
    workers: Workers
    lease: Lease
    seen: Revision


class Following:
    """`reload_keys` and `forget_clients` are called when theirs has changed."""

    def __init__(
        self,
        revisions: Revisions,
        *,
        presence: Presence,
        reload_keys: Callable[[], Awaitable[None]],
        forget_clients: Callable[[], None],
        clock: Callable[[], datetime],
        log: Log,
        every: float = EVERY_SECONDS,
        says_so_every: float = SAYS_SO_EVERY_SECONDS,
    ) -> None:
        self._revisions = revisions
        self._seen = presence.seen
        self._reload_keys = reload_keys
        self._forget_clients = forget_clients
        self._presence = presence
        self._said = Lease(says_so_every, clocks=presence.lease.clocks)
        self._shown: int | None = None
        self._every = every
        self._lease = presence.lease
        self._clock = clock
        self._log = log

    @property
    def knows(self) -> bool:
        """Whether what this worker holds in memory was true some seconds ago."""
        return self._lease.holds

    async def look(self) -> None:
        """Ask once, and follow; what cannot be followed is tried again the next time."""
        since = self._lease.now()
        try:
            revision = await self._revisions.read()
            apart = abs(revision.clock - self._clock())
            await self._follow(revision)
            await self._say_so(revision.keys)
        except KeysError as error:
            self._lease.drop()  # the ring was changed, and what it was may have been revoked
            self._log.write(FollowingFailed(error=type(error).__name__))
        except Exception as error:  # noqa: BLE001 - whoever stops following is never ready again
            self._log.write(FollowingFailed(error=type(error).__name__))
        else:
            if apart > CLOCKS_APART:
                self._lease.drop()
                self._log.write(ClockApart(apart.total_seconds()))
            else:
                self._lease.renew(since)

    async def _follow(self, now: Revision) -> None:
        if now.clients != self._seen.clients:
            self._forget_clients()
        if now.keys != self._seen.keys:
            await self._reload_keys()
        self._seen = now

    async def _say_so(self, ring: int) -> None:
        """At once when the ring was changed: somebody waits for that."""
        if self._shown == ring and self._said.holds:
            return
        since = self._said.now()
        await self._presence.workers.show(self._presence.name, ring)
        self._shown = ring
        self._said.renew(since)

    async def forever(self) -> None:
        """Every second, or as often as was said."""
        while True:
            await asyncio.sleep(self._every)
            await self.look()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """In the background for as long as the context lasts."""
        async with in_background(self.forever()):
            yield
