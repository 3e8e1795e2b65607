"""The transient store on Redis or Valkey (`broker.storage.ports.TransientStore`).

One round trip a verb. Redis is believed in nothing but what it holds right now: emptied, rolled
back or failed over, it makes people begin again, and nothing valid that was not.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from redis.exceptions import NoScriptError

from broker.storage.errors import TransientStoreUnavailable, TransientStoreUnfit
from broker.storage.ports import Shelf, Taken, Tombstone
from broker.storage.redis.client import Client, close_client
from broker.storage.redis.scripts import ADD, COUNT, DROP, PUT, SWAP, TAKE, Script
from broker.storage.redis.telling import FAILURES, told
from broker.storage.sql.types import to_micros

_VALUE: Final = b"v"
_TOMBSTONE: Final = b"t"
_COUNTER: Final = b"c"
_CONTENT: Final = 17  # letter and 16 digits stand before it
_MILLISECOND: Final = timedelta(milliseconds=1)

_PROBE: Final = "farstu:probe"
_PROBE_LIFE: Final = timedelta(seconds=10)


class RedisTransientStore:
    """`TransientStore` on Redis, by an injected clock besides Redis's own."""

    def __init__(self, client: Client, *, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock

    async def put(self, shelf: Shelf, key: bytes, value: bytes, *, ttl: timedelta) -> None:
        await self._run(PUT, _place(shelf, key), self._stored(_VALUE, value, ttl), _lifetime(ttl))

    async def add(self, shelf: Shelf, key: bytes, value: bytes, *, ttl: timedelta) -> bool:
        stored = self._stored(_VALUE, value, ttl)
        return bool(await self._run(ADD, _place(shelf, key), stored, _lifetime(ttl)))

    async def get(self, shelf: Shelf, key: bytes) -> bytes | None:
        with _unavailable_when_unreachable():
            stored: Any = await self._client.get(_place(shelf, key))
        if stored is None or stored[:1] != _VALUE or int(stored[1:_CONTENT]) <= self._now():
            return None
        content: bytes = stored[_CONTENT:]
        return content

    async def take(
        self, shelf: Shelf, key: bytes, *, mark: bytes | None = None, ttl: timedelta | None = None
    ) -> Taken | Tombstone | None:
        if (mark is None) != (ttl is None):
            raise ValueError("a mark and its time to live go together")
        if mark is None or ttl is None:
            stored = await self._run(TAKE, _place(shelf, key), b"", 0)
        else:
            tombstone = self._stored(_TOMBSTONE, mark, ttl)
            stored = await self._run(TAKE, _place(shelf, key), tombstone, _lifetime(ttl))
        if stored is None:
            return None
        content = stored[_CONTENT:]
        return Tombstone(content) if stored[:1] == _TOMBSTONE else Taken(content)

    async def swap(self, shelf: Shelf, key: bytes, *, old: bytes, new: bytes) -> bool:
        return bool(await self._run(SWAP, _place(shelf, key), old, new))

    async def count(self, shelf: Shelf, key: bytes, *, window: timedelta) -> int:
        new = self._stored(_COUNTER, b"", window)
        return int(await self._run(COUNT, _counter(shelf, key), new, _lifetime(window)))

    async def drop(self, shelf: Shelf, key: bytes) -> None:
        await self._run(DROP, _place(shelf, key))
        await self._run(DROP, _counter(shelf, key))

    async def purge(self, now: datetime) -> int:  # noqa: ARG002 - Redis forgets by itself
        """Do nothing; how many."""
        return 0

    async def prove_fit(self) -> None:
        """Raise `TransientStoreUnfit` where Redis may drop a live tombstone to make room.

        Asked by INFO, which servers allow that refuse CONFIG. Then a script writes: who may run
        none, a replica and a full server answer INFO all the same. Raises StorageUnavailable.
        """
        with _unavailable_when_unreachable():
            # redis-py gives one server's answer flat, a cluster's by node.
            answer: dict[str, Any] = await self._client.info("memory")
        nodes = [answer] if "maxmemory_policy" in answer else list(answer.values())
        for node in nodes:
            if node.get("maxmemory") and node.get("maxmemory_policy") != "noeviction":
                raise TransientStoreUnfit("Redis's maxmemory-policy is not noeviction")
        await self._run(PUT, _PROBE, self._stored(_VALUE, b"", _PROBE_LIFE), _lifetime(_PROBE_LIFE))

    async def close(self) -> None:
        """Close the connections."""
        await close_client(self._client)

    def _now(self) -> int:
        return to_micros(self._clock())

    def _stored(self, letter: bytes, content: bytes, ttl: timedelta) -> bytes:
        return b"%s%016d%s" % (letter, to_micros(self._clock() + ttl), content)

    async def _run(self, script: Script, place: str, *arguments: bytes | int) -> Any:
        """By the script's name; by its text where Redis does not know it (any more)."""
        now = self._now()
        with _unavailable_when_unreachable():
            try:
                return await self._client.evalsha(script.sha, 1, place, now, *arguments)
            except NoScriptError:
                return await self._client.eval(script.text, 1, place, now, *arguments)


def _place(shelf: Shelf, key: bytes) -> str:
    return f"farstu:{shelf}:{key.hex()}"


def _counter(shelf: Shelf, key: bytes) -> str:
    return f"farstu:{shelf}:count:{key.hex()}"


def _lifetime(ttl: timedelta) -> int:
    """In milliseconds; Redis refuses none at all."""
    return max(1, ttl // _MILLISECOND)


@contextmanager
def _unavailable_when_unreachable() -> Iterator[None]:
    try:
        yield
    except NoScriptError:
        raise
    except FAILURES as error:
        said = told(error)
        raise TransientStoreUnavailable(detail=said.what, remedy=said.remedy) from error
