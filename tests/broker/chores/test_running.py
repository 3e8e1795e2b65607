"""Periodic work is done by one worker when it is due, and what fails is tried again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from broker.chores.running import AGAIN_AFTER, Chore, Chores, in_background
from broker.storage import Storage
from broker.storage.errors import StorageUnavailable
from broker.telemetry.log import ChoreDone, ChoreFailed
from tests.broker.chores.notebook import Notebook
from tests.house import TestHouse

HOUR = timedelta(hours=1)


@pytest.fixture
def storage(house: TestHouse) -> Storage:
    """A real one: leases are rows."""
    return house.parts.storage


def worker(
    house: TestHouse, holder: str, run: Callable[[datetime], Awaitable[int]], log: Notebook
) -> Chores:
    """One of several workers with the same hourly work."""
    return Chores([Chore("count", HOUR, run)], house.parts.storage.leases, holder, house.clock, log)


async def test_due_work_is_done_once_by_one_of_two(house: TestHouse) -> None:
    """The second finds it done, until it is due again."""
    times: list[datetime] = []

    async def run(now: datetime) -> int:
        times.append(now)
        return 7

    log = Notebook()
    one, other = worker(house, "one", run, log), worker(house, "other", run, log)
    await asyncio.gather(one.look(), other.look())
    await other.look()
    assert times == [house.clock.now]
    assert log.events == [ChoreDone(chore="count", done=7)]
    house.clock.now += HOUR
    await other.look()
    assert len(times) == 2


async def test_a_worker_that_has_lost_the_time_does_nothing(house: TestHouse) -> None:
    """Else work that it did an hour ahead of the others would not be due for them for an hour."""
    times: list[datetime] = []

    async def run(now: datetime) -> int:
        times.append(now)
        return 1

    log, right = Notebook(), house.clock.now
    one, ahead = worker(house, "one", run, log), worker(house, "ahead", run, log)
    lost = replace(ahead, clock=lambda: right + HOUR, has_the_time=lambda: False)
    await lost.look()
    assert times == []
    await one.look()
    assert times == [right]


async def test_frequent_work_tells_only_of_turns_with_something_in_them(house: TestHouse) -> None:
    """Else the log would be about nothing else."""
    amounts = iter((0, 3))

    async def run(_now: datetime) -> int:
        return next(amounts)

    log = Notebook()
    chore = Chore("count", HOUR, run, is_frequent=True)
    chores = Chores([chore], house.parts.storage.leases, "one", house.clock, log)
    await chores.look()
    house.clock.now += HOUR
    await chores.look()
    assert log.events == [ChoreDone(chore="count", done=3)]


@pytest.mark.parametrize("failure", [StorageUnavailable(), ZeroDivisionError()])
async def test_what_fails_is_tried_again_by_anybody_soon(
    house: TestHouse, failure: Exception
) -> None:
    """It is logged, nothing is raised, and a minute passes; a fault of ours is no exception."""
    tries = 0

    async def run(_now: datetime) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise failure
        return 0

    log = Notebook()
    one, other = worker(house, "one", run, log), worker(house, "other", run, log)
    await one.look()
    await other.look()
    assert (tries, log.events) == (1, [ChoreFailed("count", type(failure).__name__)])
    house.clock.now += AGAIN_AFTER
    await other.look()
    assert tries == 2


async def test_it_runs_at_once_and_ends_with_its_context(house: TestHouse) -> None:
    """Nothing is left running behind."""
    begun = asyncio.Event()

    async def run(_now: datetime) -> int:
        begun.set()
        return 0

    before = asyncio.all_tasks()
    async with worker(house, "one", run, Notebook()).running():
        await asyncio.wait_for(begun.wait(), 5)
    assert asyncio.all_tasks() == before


async def test_a_stop_that_comes_while_work_is_put_away_is_not_lost() -> None:
    """Whoever stops while the work beside is being ended stops as well, and waits for nobody."""
    leaving = asyncio.Event()

    async def ends_slowly() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            leaving.set()
            await asyncio.sleep(0)

    async def outer() -> None:
        async with in_background(ends_slowly()):
            await asyncio.sleep(0)
        await asyncio.Event().wait()

    task = asyncio.create_task(outer())
    await leaving.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
