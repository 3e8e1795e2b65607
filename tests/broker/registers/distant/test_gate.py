"""The way to a billing system: it has an end, and is closed while nobody answers there."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from broker.registers.distant.fair_queue import FairQueue
from broker.registers.distant.gate import Gate
from broker.registers.distant.source import SourceFailed
from linking.errors import RegisterUnavailable
from providers.breaker import Breaker
from tests.moment import Moment

OUTAGE = SourceFailed("ReadTimeout", is_outage=True)
REFUSAL = SourceFailed("status 403", is_outage=False)


@pytest.fixture
def clock() -> Moment:
    """Moved by the test."""
    return Moment(datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def gate(clock: Moment) -> Gate:
    """Three failures close it for half a minute."""
    return Gate("billing", FairQueue(2, waiting=4), Breaker(clock, threshold=3), seconds=5)


def failing(error: SourceFailed) -> Callable[[], Awaitable[str]]:
    """A call that fails like this."""

    async def call() -> str:
        raise error

    return call


async def answer() -> str:
    """A call that does not."""
    return "yes"


async def refused(gate: Gate, call: Callable[[], Awaitable[str]]) -> str:
    """Why it is not answered."""
    with pytest.raises(RegisterUnavailable) as failed:
        await gate.ask(b"me", call)
    return failed.value.detail


async def test_outages_close_it_and_time_opens_it(gate: Gate, clock: Moment) -> None:
    """While it is closed nothing is called; after half a minute one call tries, and opens it."""
    for _ in range(3):
        assert await refused(gate, failing(OUTAGE)) == "register billing: ReadTimeout"
    assert await refused(gate, answer) == "register billing: breaker_open"
    clock.advance(seconds=29)
    assert await refused(gate, answer) == "register billing: breaker_open"
    clock.advance(seconds=1)
    assert await gate.ask(b"me", answer) == "yes"
    assert await gate.ask(b"me", answer) == "yes"


async def test_a_try_that_fails_closes_it_again(gate: Gate, clock: Moment) -> None:
    """For as long as before."""
    for _ in range(3):
        await refused(gate, failing(OUTAGE))
    clock.advance(seconds=30)
    assert await refused(gate, failing(OUTAGE)) == "register billing: ReadTimeout"
    assert await refused(gate, answer) == "register billing: breaker_open"


async def test_a_refusal_is_an_answer(gate: Gate) -> None:
    """It is told, however often, and closes nothing."""
    for _ in range(10):
        assert await refused(gate, failing(REFUSAL)) == "register billing: status 403"
    assert await gate.ask(b"me", answer) == "yes"


async def test_a_call_has_an_end(clock: Moment) -> None:
    """One that never answers counts as an outage."""
    gate = Gate("billing", FairQueue(2, waiting=4), Breaker(clock, threshold=1), seconds=0.01)

    async def never() -> str:
        return await asyncio.get_running_loop().create_future()

    assert await refused(gate, never) == "register billing: time_out"
    assert await refused(gate, answer) == "register billing: breaker_open"


async def test_waiting_for_a_turn_has_an_end(clock: Moment) -> None:
    """And is no outage: the billing system has not even been asked."""
    gate = Gate("billing", FairQueue(2, waiting=4), Breaker(clock, threshold=1), seconds=0.01)
    is_in, goes_on = asyncio.Event(), asyncio.Event()

    async def long() -> str:
        is_in.set()
        await goes_on.wait()
        return "yes"

    first = asyncio.create_task(gate.ask(b"me", long, seconds=60))
    await is_in.wait()
    assert await refused(gate, answer) == "register billing: queue_time_out"
    goes_on.set()
    assert await first == "yes"
    assert await gate.ask(b"me", answer) == "yes"
