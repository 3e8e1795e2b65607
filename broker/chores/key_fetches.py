"""Who fetches the JWK Set: counted in memory, and added up in the database once a minute.

What somebody calls themselves is believed as far as a hint goes: it decides nothing. What is in
memory is bounded, and what was not written yet is lost with the worker.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from broker.chores.running import in_background
from broker.storage.errors import StorageError
from broker.storage.key_ports import Fetches, KeyFetches

EVERY: Final = timedelta(minutes=1)
AT_MOST: Final = 200
"""New names within a minute; an installation has some tens.

Regulars, and names of services that are registered, are counted besides.
"""

_LABEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_PROGRAM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,29}")
UNKNOWN: Final = "unknown program"


def consumer_name(label: str, user_agent: str, network: str) -> str:
    """What a consumer is called: as it says itself (`?consumer=`), or by program and network."""
    if _LABEL.fullmatch(label):
        return label
    program = _PROGRAM.match(user_agent)
    return f"{program.group() if program else UNKNOWN} at {network or 'nowhere'}"


@dataclass(slots=True)
class FetchCounter:
    """What one worker has seen since it last wrote it down.

    `registered`: names of services of ours, which always find room.
    """

    store: KeyFetches
    clock: Callable[[], datetime]
    registered: frozenset[str] = frozenset()
    _seen: dict[str, Fetches] = field(default_factory=dict)
    _regulars: frozenset[str] = frozenset()
    _strangers: int = 0

    def count(self, consumer: str) -> None:
        """One more fetch; no more names than fit are noted."""
        now, before = self.clock(), self._seen.get(consumer)
        if before is not None:
            longest = max(before.longest or timedelta(0), now - before.last_at)
            self._seen[consumer] = Fetches(
                consumer, before.count + 1, before.first_at, now, longest
            )
        elif self._is_known(consumer) or self._has_room():
            self._seen[consumer] = Fetches(consumer, 1, now, now)

    def _is_known(self, consumer: str) -> bool:
        return consumer in self.registered or consumer in self._regulars

    def _has_room(self) -> bool:
        self._strangers += 1
        return self._strangers <= AT_MOST

    async def write(self) -> None:
        """Write down what was seen; what cannot be written is told no more: it is a hint."""
        seen, self._seen, self._strangers = self._seen, {}, 0
        with suppress(StorageError):
            if seen:
                await self.store.note(list(seen.values()), registered=self.registered)
            known = await self.store.all()
            self._regulars = frozenset(each.consumer for each in known if each.is_regular)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """In the background for as long as the context lasts; the last are written at its end."""
        async with in_background(self._forever()):
            yield
        await self.write()

    async def _forever(self) -> None:
        while True:
            await asyncio.sleep(EVERY.total_seconds())
            await self.write()
