"""Whoever counts is told how many messages wait."""

import asyncio
from datetime import timedelta

import pytest

from broker.chores.outbox_size import OutboxSize
from broker.storage.errors import StorageUnavailable
from broker.storage.ports import OutboxMessage
from tests.house import TestHouse


class Watcher:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, float]] = []

    def outbox(self, waiting: int, oldest_seconds: float) -> None:
        self.told.append((waiting, oldest_seconds))


async def test_every_worker_tells_how_much_waits_and_for_how_long(house: TestHouse) -> None:
    """Nothing at first; then the oldest, whether its time has come or not."""
    store, watcher = house.parts.storage.outbox, Watcher()
    size = OutboxSize(store, [watcher], house.clock)
    await size.look()
    for minutes, name in ((5, "a"), (90, "b")):
        created = house.clock() - timedelta(minutes=minutes)
        again = house.clock() + timedelta(days=1)
        await store.put(OutboxMessage(name, "kind", "elnat", b"", created, again))
    await size.look()
    assert watcher.told == [(0, 0.0), (2, 5400.0)]


async def test_a_storage_that_does_not_answer_changes_nothing(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked again in a minute."""

    async def fail(_: object) -> None:
        raise StorageUnavailable

    store, watcher = house.parts.storage.outbox, Watcher()
    monkeypatch.setattr(type(store), "waiting", fail)
    await OutboxSize(store, [watcher], house.clock).look()
    assert watcher.told == []


async def test_nobody_asks_where_nobody_watches(house: TestHouse) -> None:
    """An installation without metrics has no such work; one with them ends it with its context."""
    store, before = house.parts.storage.outbox, asyncio.all_tasks()
    async with OutboxSize(store, [], house.clock).running():
        assert asyncio.all_tasks() == before
    async with OutboxSize(store, [Watcher()], house.clock).running():
        assert len(asyncio.all_tasks()) == len(before) + 1
    assert asyncio.all_tasks() == before
