"""A ring of real keys, made once; a store in memory; a transaction that lets one in at a time."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from keys import (
    Algorithm,
    KeyRecord,
    LocalSigner,
    MasterKey,
    OpenRing,
    Seal,
    State,
    Workshop,
    ensure_keys,
    load_ring,
)
from keys.generate import new_record

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
MASTER = MasterKey(name="2026-a", secret=bytes(range(32)))


class RingInMemory:
    """`keys.ports.KeyStore` and its transaction, yielding at every step as a database would."""

    def __init__(self) -> None:
        self.records: dict[str, KeyRecord] = {}
        self.behind_now: tuple[str, ...] = ()
        self.noted: list[tuple[str, str, str]] = []
        self.changes = 0
        self.time_now = datetime.min.replace(tzinfo=UTC)
        self._lock = asyncio.Lock()

    async def all(self) -> Sequence[KeyRecord]:
        await asyncio.sleep(0)
        return tuple(self.records.values())

    async def add(self, record: KeyRecord) -> bool:
        await asyncio.sleep(0)
        self.changes += 1
        return self.records.setdefault(record.kid, record) is record

    async def change(self, record: KeyRecord, *, was: State) -> bool:
        await asyncio.sleep(0)
        if self.records[record.kid].state is not was:
            return False
        self.records[record.kid] = record
        self.changes += 1
        return True

    async def behind(self) -> Sequence[str]:
        return self.behind_now

    async def time(self) -> datetime:
        return self.time_now

    async def note(self, deed: str, key: KeyRecord, *, at: datetime, why: str) -> None:
        del at
        self.noted.append((deed, key.kid, why))

    def in_state(self, state: State, algorithm: Algorithm) -> list[KeyRecord]:
        """The keys of one algorithm that are in one state."""
        found = self.records.values()
        return [each for each in found if (each.state, each.algorithm) == (state, algorithm)]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        async with self._lock:
            yield


def always() -> bool:
    """A lease that holds."""
    return True


def workshop(ring: RingInMemory, seal: Seal) -> Workshop:
    """A workshop around that store."""
    return Workshop(ring, ring.transaction, seal, ring, ring)


@pytest.fixture
def store() -> RingInMemory:
    """An empty store."""
    return RingInMemory()


@pytest.fixture(scope="session")
def seal() -> Seal:
    """A seal with one master key."""
    return Seal([MASTER])


@pytest.fixture(scope="session")
def made(seal: Seal) -> tuple[KeyRecord, ...]:
    """A first key and a spare of every algorithm, as `ensure_keys` makes them."""
    ring = RingInMemory()
    return asyncio.run(ensure_keys(workshop(ring, seal), list(Algorithm), now=NOW))


@pytest.fixture
async def full(store: RingInMemory, made: tuple[KeyRecord, ...]) -> RingInMemory:
    """A store with that ring in it."""
    store.records = {record.kid: record for record in made}
    return store


@pytest.fixture
async def full_ring(full: RingInMemory, seal: Seal) -> OpenRing:
    """That ring, opened."""
    return await load_ring(full, list(Algorithm), seal)


@pytest.fixture
def signer(full_ring: OpenRing) -> LocalSigner:
    """A signer with that ring."""
    return LocalSigner(full_ring, holds=always)


@pytest.fixture(scope="session")
def record(seal: Seal) -> KeyRecord:
    """One announced P-256 key."""
    return new_record(Algorithm.ES256, seal, now=NOW)
