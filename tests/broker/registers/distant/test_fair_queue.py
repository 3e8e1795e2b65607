"""Places are given out in turn: one asker's crowd keeps nobody else waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from broker.registers.distant.fair_queue import FairQueue, QueueFull


class Visitors:
    """Calls that stay in their place until a test lets them go; `order` is that of coming in."""

    def __init__(self, queue: FairQueue) -> None:
        self.queue = queue
        self.order: list[bytes] = []
        self._go: asyncio.Queue[None] = asyncio.Queue()
        self.tasks: list[asyncio.Task[None]] = []

    async def come(self, asker: bytes, times: int = 1) -> list[asyncio.Task[None]]:
        """So many calls of one asker."""
        came = [asyncio.create_task(self._call(asker)) for _ in range(times)]
        self.tasks += came
        await settle()
        return came

    async def leave(self, times: int = 1) -> None:
        """Let so many of those who are in go, one after the other."""
        for _ in range(times):
            self._go.put_nowait(None)
            await settle()

    async def _call(self, asker: bytes) -> None:
        async with self.queue.place(asker):
            self.order.append(asker)
            await self._go.get()


async def settle() -> None:
    """Let everybody go as far as they get."""
    for _ in range(10):
        await asyncio.sleep(0)


@asynccontextmanager
async def visiting(places: int, waiting: int = 100) -> AsyncIterator[Visitors]:
    """Nobody is left when the test ends."""
    visitors = Visitors(FairQueue(places, waiting=waiting))
    yield visitors
    for task in visitors.tasks:
        task.cancel()
    await asyncio.gather(*visitors.tasks, return_exceptions=True)


async def test_one_asker_never_has_all_the_places() -> None:
    """However many calls they make, somebody else comes in at once."""
    async with visiting(4) as visitors:
        await visitors.come(b"crowd", 50)
        assert visitors.order == [b"crowd"] * 2
        await visitors.come(b"somebody")
        assert visitors.order[-1] == b"somebody"


async def test_lines_take_turns() -> None:
    """Who has one call waits for one of each other asker's, not for all of them."""
    async with visiting(2) as visitors:
        await visitors.come(b"a", 10)
        await visitors.come(b"b", 10)
        await visitors.come(b"c")
        await visitors.leave(3)
        assert visitors.order[:2] == [b"a", b"b"]
        assert sorted(visitors.order[2:5]) == [b"a", b"b", b"c"]


async def test_everybody_comes_in_at_last() -> None:
    """In their own order, and no place is lost or made."""
    async with visiting(3) as visitors:
        for asker in (b"a", b"b", b"c", b"d"):
            await visitors.come(asker, 5)
        await visitors.leave(20)
        assert sorted(visitors.order) == sorted([b"a", b"b", b"c", b"d"] * 5)
        assert visitors.queue.waiting == 0
        await visitors.come(b"e")
        assert visitors.order[-1] == b"e"


async def test_who_gives_up_waiting_takes_no_place() -> None:
    """Also when their turn comes in the same moment."""
    async with visiting(2) as visitors:
        await visitors.come(b"a")
        await visitors.come(b"b")
        [waiting] = await visitors.come(b"c")
        [next_one] = await visitors.come(b"d")
        waiting.cancel()
        await visitors.leave()
        assert visitors.order[-1] == b"d"
        assert not next_one.done()
        [late] = await visitors.come(b"e")
        visitors._go.put_nowait(None)
        await asyncio.sleep(0)
        late.cancel()
        await settle()
        await visitors.leave(2)
        await visitors.come(b"f", 1)
        await visitors.come(b"g", 1)
        assert visitors.order[-2:] == [b"f", b"g"]


async def test_a_full_house_turns_away_from_the_longest_line() -> None:
    """The crowd's own latest; who comes alone is let wait."""
    async with visiting(2, waiting=5) as visitors:
        crowd = await visitors.come(b"crowd", 6)
        other = await visitors.come(b"other", 1)
        alone = await visitors.come(b"alone", 1)
        assert [each.done() for each in crowd] == [False] * 5 + [True]
        assert isinstance(crowd[-1].exception(), QueueFull)
        assert not other[0].done()
        assert not alone[0].done()


async def test_a_crowd_cannot_push_out_those_who_came_alone() -> None:
    """In a house full of single askers, the next one is turned away, be it whose it may."""
    async with visiting(2, waiting=3) as visitors:
        for asker in (b"a", b"b", b"c", b"d", b"e"):
            await visitors.come(asker)
        [late] = await visitors.come(b"crowd")
        with pytest.raises(QueueFull):
            await late
        assert visitors.queue.waiting == 3
