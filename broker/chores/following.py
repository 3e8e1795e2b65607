"""Following the revision row: what this worker holds in memory is read anew when it was changed.

Asked once a second, so that a change on one machine reaches every worker of all within that. What
was read may be used for as long as the lease holds; a worker that has not been able to ask for some
seconds, or whose clock is not the database's, does not know any more: it neither signs nor
publishes keys. Every few seconds it says that it lives and which ring it publishes, since a new key
waits for everybody. Who was silent for so long that nobody counts it begins as at start: it says
that it publishes nothing, and reads the ring after that.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from broker.chores.running import in_background
from broker.storage.errors import StorageError
from broker.storage.key_ports import NOTHING_YET, Workers
from broker.storage.ports import Revision, Revisions
from broker.telemetry.log import ClockApart, FollowingFailed, Log
from keys import CLOCKS_APART, KeysError, Lease

EVERY_SECONDS: Final = 1.0
KNOWS_FOR_SECONDS: Final = 15.0
SAYS_SO_EVERY_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Presence:
    """This worker among all: under which name it says what it publishes, and what it began with.

    `counted` holds for as long as its last word counts. `masters`: its marks of master keys.
    """

    name: str
    workers: Workers
    lease: Lease
    counted: Lease
    seen: Revision
    masters: Sequence[str] = ()

    async def say(self, ring: int) -> bool:
        """That it lives and publishes this; whether it was counted until this was said."""
        since = self.counted.now()
        await self.workers.show(self.name, ring, self.masters)
        was_counted = self.counted.holds
        self.counted.renew(since)
        return was_counted

    async def leave(self) -> None:
        """It publishes nothing and signs nothing: nobody need wait for it."""
        self.counted.drop()
        await self.workers.leave(self.name)


class Uncounted(Exception):
    """Nobody has waited for this worker for a while: what it has read may be old by now."""


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
            revision, apart = await self._read()
            await self._follow(revision)
            await self._say_so(revision.keys)
        except KeysError as error:
            self._lease.drop()  # the ring was changed, and what it was may have been revoked
            self._log.write(FollowingFailed(type(error).__name__, _in_one_line(error)))
            await self._step_aside()
        except Exception as error:  # noqa: BLE001 - whoever stops following is never ready again
            self._log.write(FollowingFailed(error=type(error).__name__))
        else:
            if apart > CLOCKS_APART:
                self._lease.drop()
                self._log.write(ClockApart(apart.total_seconds()))
            else:
                self._lease.renew(since)

    async def _step_aside(self) -> None:
        """Who cannot open the ring keeps no other from signing; it begins anew with each look."""
        self._shown = None
        with suppress(StorageError):
            await self._presence.leave()

    async def _read(self) -> tuple[Revision, timedelta]:
        """What there is, read when this worker counts; and by how much the clocks are apart.

        Where the database's clock was set back, what was said before is in its future.
        """
        if not self._presence.counted.holds:
            await self._begin_anew()
        revision, apart = await self._ask()
        if revision.clock < self._seen.clock:
            await self._begin_anew()
            revision, apart = await self._ask()
        return revision, apart

    async def _begin_anew(self) -> None:
        await self._presence.say(NOTHING_YET)
        self._shown = NOTHING_YET

    async def _ask(self) -> tuple[Revision, timedelta]:
        """The database's clock was read at some time between question and answer, be that long."""
        asked_at = self._clock()
        revision = await self._revisions.read()
        apart = max(asked_at - revision.clock, revision.clock - self._clock(), timedelta(0))
        return revision, apart

    async def _follow(self, now: Revision) -> None:
        if now.clients != self._seen.clients:
            self._forget_clients()
        if now.keys != self._seen.keys:
            await self._reload_keys()
        self._seen = now

    async def _say_so(self, ring: int) -> None:
        """At once when the ring was changed: somebody waits for that.

        Raises Uncounted where it took so long that nobody counted this worker meanwhile: a key may
        sign by now that was announced since the ring was read.
        """
        if self._shown == ring and self._said.holds:
            return
        since = self._said.now()
        was_counted = await self._presence.say(ring)
        self._shown = ring
        self._said.renew(since)
        if not was_counted:
            raise Uncounted

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


def _in_one_line(error: KeysError) -> str:
    """It names keys and master keys, and nothing secret."""
    first, *reasons = str(error).splitlines() or [""]
    return " ".join([first, " | ".join(reasons)]).strip()
