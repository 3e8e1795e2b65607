"""The transient store in one process (`broker.storage.ports.TransientStore`), for tests.

Nothing here awaits between reading and writing, so every verb is one step. Several workers would
each have a store of their own: a code issued by one is unknown to the next.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.storage.ports import Shelf, Taken, Tombstone


@dataclass(frozen=True, slots=True)
class _Value:
    value: bytes
    expires_at: datetime
    taken: bool = False


@dataclass(frozen=True, slots=True)
class _Counter:
    hits: int
    expires_at: datetime


class MemoryTransientStore:
    """`TransientStore` in dictionaries, by an injected clock."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._values: dict[tuple[Shelf, bytes], _Value] = {}
        self._counters: dict[tuple[Shelf, bytes], _Counter] = {}

    async def put(self, shelf: Shelf, key: bytes, value: bytes, *, ttl: timedelta) -> None:
        live = self._live(shelf, key)
        if live is None or not live.taken:
            self._values[shelf, key] = _Value(value, self._clock() + ttl)

    async def add(self, shelf: Shelf, key: bytes, value: bytes, *, ttl: timedelta) -> bool:
        if self._live(shelf, key) is not None:
            return False
        self._values[shelf, key] = _Value(value, self._clock() + ttl)
        return True

    async def get(self, shelf: Shelf, key: bytes) -> bytes | None:
        live = self._live(shelf, key)
        return None if live is None or live.taken else live.value

    async def take(
        self, shelf: Shelf, key: bytes, *, mark: bytes | None = None, ttl: timedelta | None = None
    ) -> Taken | Tombstone | None:
        if (mark is None) != (ttl is None):
            raise ValueError("a mark and its time to live go together")
        live = self._live(shelf, key)
        if live is None:
            return None
        if live.taken:
            return Tombstone(live.value)
        if mark is None or ttl is None:
            del self._values[shelf, key]
        else:
            self._values[shelf, key] = _Value(mark, self._clock() + ttl, taken=True)
        return Taken(live.value)

    async def swap(self, shelf: Shelf, key: bytes, *, old: bytes, new: bytes) -> bool:
        live = self._live(shelf, key)
        if live is None or live.taken or live.value != old:
            return False
        self._values[shelf, key] = _Value(new, live.expires_at)
        return True

    async def count(self, shelf: Shelf, key: bytes, *, window: timedelta) -> int:
        now = self._clock()
        counter = self._counters.get((shelf, key))
        if counter is None or counter.expires_at <= now:
            counter = _Counter(0, now + window)
        counter = _Counter(counter.hits + 1, counter.expires_at)
        self._counters[shelf, key] = counter
        return counter.hits

    async def drop(self, shelf: Shelf, key: bytes) -> None:
        self._counters.pop((shelf, key), None)
        live = self._live(shelf, key)
        if live is not None and not live.taken:
            del self._values[shelf, key]

    async def purge(self, now: datetime) -> int:
        """Forget what has expired; how many values and counters."""
        before = len(self._values) + len(self._counters)
        self._values = {k: v for k, v in self._values.items() if v.expires_at > now}
        self._counters = {k: c for k, c in self._counters.items() if c.expires_at > now}
        return before - len(self._values) - len(self._counters)

    def _live(self, shelf: Shelf, key: bytes) -> _Value | None:
        found = self._values.get((shelf, key))
        return None if found is None or found.expires_at <= self._clock() else found
