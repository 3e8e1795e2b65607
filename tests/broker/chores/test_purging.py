"""What has expired goes by itself."""

import asyncio
from datetime import UTC, datetime

from broker.chores.purging import Purging
from broker.storage.errors import StorageUnavailable
from broker.telemetry.log import Event, Purged, PurgeFailed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Notebook:
    """A log that is read afterwards."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def write(self, event: Event) -> None:
        self.events.append(event)


async def test_a_turn_deletes_what_is_over_now() -> None:
    """By the clock that it was given, and says how many."""
    asked: list[datetime] = []

    async def purge(now: datetime) -> int:
        asked.append(now)
        return 7

    log = Notebook()
    await Purging(purge, lambda: NOW, log).once()
    assert asked == [NOW]
    assert log.events == [Purged(deleted=7)]


async def test_a_storage_that_does_not_answer_is_tried_again_later() -> None:
    """The turn is logged and nothing else stops."""

    async def purge(_now: datetime) -> int:
        raise StorageUnavailable

    log = Notebook()
    await Purging(purge, lambda: NOW, log).once()
    assert log.events == [PurgeFailed(error="StorageUnavailable")]


async def test_it_runs_at_once_and_ends_with_its_context() -> None:
    """Nothing is left running behind."""
    begun = asyncio.Event()

    async def purge(_now: datetime) -> int:
        begun.set()
        return 0

    before = asyncio.all_tasks()
    async with Purging(purge, lambda: NOW, Notebook()).running():
        await asyncio.wait_for(begun.wait(), 5)
    assert asyncio.all_tasks() == before
