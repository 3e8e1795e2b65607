"""One account's tries wait for each other, a few at most; nobody else's do."""

import asyncio

import pytest

from broker.flow.turns import AT_MOST, TooManyAtOnce, Turns
from linking import IdentityKey

ME, YOU = (IdentityKey("https://issuer.example", name) for name in ("me", "you"))


class Tries:
    """Tries that last until they are told to end."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.judged: list[int] = []
        self.goes_on = asyncio.Event()

    async def judge(self, number: int, identity: IdentityKey = ME) -> None:
        """One try."""
        async with self.turns.of(identity):
            self.judged.append(number)
            await self.goes_on.wait()

    async def begun(self, *numbers: int, identity: IdentityKey = ME) -> list[asyncio.Task[None]]:
        """Tries under way, each as far as it gets."""
        tasks = [asyncio.create_task(self.judge(number, identity)) for number in numbers]
        for _ in range(5):
            await asyncio.sleep(0)
        return tasks


async def test_they_are_judged_one_after_the_other() -> None:
    """In the order in which they came."""
    tries = Tries()
    under_way = await tries.begun(1, 2, 3)
    assert tries.judged == [1]
    tries.goes_on.set()
    await asyncio.gather(*under_way)
    assert tries.judged == [1, 2, 3]


async def test_a_crowd_is_shed_for_its_own_account_alone() -> None:
    """Beyond a few under way nothing is judged; another account notices nothing."""
    tries = Tries()
    mine = await tries.begun(*range(1_000))
    assert sum(each.done() for each in mine) == 1_000 - AT_MOST
    assert all(isinstance(each.exception(), TooManyAtOnce) for each in mine if each.done())
    tries.judged.clear()
    yours = await tries.begun(7, identity=YOU)
    assert tries.judged == [7]
    tries.goes_on.set()
    await asyncio.gather(*yours, *(each for each in mine if not each.done()))


async def test_places_are_free_again() -> None:
    """After an end, a failure, and for who gave up while waiting."""
    tries = Tries()
    under_way = await tries.begun(*range(AT_MOST))
    under_way[1].cancel()
    with pytest.raises(asyncio.CancelledError):
        await under_way.pop(1)
    under_way += await tries.begun(9)
    tries.goes_on.set()
    await asyncio.gather(*under_way)
    with pytest.raises(ValueError, match="a fault"):
        async with tries.turns.of(ME):
            raise ValueError("a fault")
    for number in range(2 * AT_MOST):
        await tries.judge(number)
