"""The way to a billing system: it has an end, and is closed while nobody answers there."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from broker.registers.distant.fair_queue import FairQueue
from broker.registers.distant.gate import Gate
from broker.registers.distant.outages import FAILURES, OWN_WORK, Outages
from broker.registers.distant.source import SourceFailed
from linking.codes.ports import WISHED
from linking.errors import RegisterUnavailable
from tests.moment import Moment

OUTAGE = SourceFailed("ReadTimeout", is_outage=True)
REFUSAL = SourceFailed("status 403", is_outage=False)


@pytest.fixture
def clock() -> Moment:
    """Moved by the test."""
    return Moment(datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def gate(clock: Moment) -> Gate:
    """In front of a billing system with two places."""
    return Gate("billing", FairQueue(2, waiting=4), Outages(clock), seconds=5)


def failing(error: SourceFailed) -> Callable[[], Awaitable[str]]:
    """A call that fails like this."""

    async def call() -> str:
        raise error

    return call


async def answer() -> str:
    """A call that does not."""
    return "yes"


async def refused(gate: Gate, call: Callable[[], Awaitable[str]], asker: bytes = b"me") -> str:
    """Why it is not answered."""
    with pytest.raises(RegisterUnavailable) as failed:
        await gate.ask(asker, call)
    return failed.value.detail.removeprefix("register billing: ")


async def goes_down(gate: Gate, *askers: bytes) -> None:
    """Every one of these fails, one after the other."""
    for asker in askers:
        assert await refused(gate, failing(OUTAGE), asker) == "ReadTimeout"


async def test_outages_of_several_close_it_and_time_opens_it(gate: Gate, clock: Moment) -> None:
    """Who has failed is not heard; after half a minute one question tries, and opens it."""
    await goes_down(gate, b"a", b"b", b"c", b"d", b"e")
    clock.advance(seconds=29)
    assert await refused(gate, answer, b"a") == "breaker_open"
    clock.advance(seconds=1)
    assert await gate.ask(b"a", answer) == "yes"
    assert await gate.ask(b"b", answer) == "yes"


async def test_a_try_that_fails_closes_it_again(gate: Gate, clock: Moment) -> None:
    """For as long as before."""
    await goes_down(gate, b"a", b"b", b"c", b"d", b"e")
    clock.advance(seconds=30)
    await goes_down(gate, b"a")
    clock.advance(seconds=29)
    assert await refused(gate, answer, b"b") == "breaker_open"


async def test_our_own_work_closes_it_without_others(gate: Gate) -> None:
    """Nobody chooses what is asked there, so it is told apart from one account's numbers."""
    await goes_down(gate, *[OWN_WORK] * FAILURES)
    assert await refused(gate, answer, OWN_WORK) == "breaker_open"


async def test_one_account_closes_it_for_nobody(gate: Gate, clock: Moment) -> None:
    """However long it goes on, and however many fail of its own."""
    for _ in range(3 * FAILURES):
        await goes_down(gate, b"one")
        clock.advance(minutes=2)
        await goes_down(gate, b"two")
        clock.advance(minutes=2)
    assert gate.outages.refusal(b"me") == ""
    assert gate.outages.refusal(OWN_WORK) == ""


async def test_what_is_wished_for_closes_it_for_nobody(gate: Gate) -> None:
    """One account may wish for codes of many numbers, each of which asks by itself."""
    await goes_down(gate, *(WISHED + bytes([number]) for number in range(3 * FAILURES)))
    assert gate.outages.refusal(b"me") == ""
    assert gate.outages.refusal(WISHED + b"\0") == "asked_too_soon"


async def test_whoever_has_not_failed_is_asked_even_while_it_is_closed(gate: Gate) -> None:
    """A crowd of accounts that chose what to fail on keeps no rightful customer out."""
    await goes_down(gate, b"a", b"b", b"c", b"d", b"e")
    assert await gate.ask(b"me", answer) == "yes"


async def test_while_it_is_closed_one_question_goes_out_at_a_time(gate: Gate) -> None:
    """A billing system that is down gets no crowd; who gave up keeps nobody out."""
    await goes_down(gate, b"a", b"b", b"c", b"d", b"e")
    is_in = asyncio.Event()

    async def long() -> str:
        is_in.set()
        return await asyncio.get_running_loop().create_future()

    first = asyncio.create_task(gate.ask(b"first", long))
    await is_in.wait()
    assert await refused(gate, answer) == "breaker_open"
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await gate.ask(b"me", answer) == "yes"


async def test_who_found_no_answer_rests_alone(gate: Gate, clock: Moment) -> None:
    """Ten seconds, then twice as long each time, two minutes at most; others notice nothing."""
    for seconds in (10, 20, 40, 80, 120, 120):
        await goes_down(gate, b"me")
        clock.advance(seconds=seconds - 1)
        assert await refused(gate, answer) == "asked_too_soon"
        assert await gate.ask(b"you", answer) == "yes"
        clock.advance(seconds=1)
    assert await gate.ask(b"me", answer) == "yes"


async def test_an_answer_does_not_shorten_the_next_rest_but_time_does(
    gate: Gate, clock: Moment
) -> None:
    """Or one's own true pair would buy questions that fail."""
    await goes_down(gate, b"me")
    clock.advance(seconds=10)
    assert await gate.ask(b"me", answer) == "yes"
    await goes_down(gate, b"me")
    clock.advance(seconds=19)
    assert await refused(gate, answer) == "asked_too_soon"
    clock.advance(seconds=1, minutes=10)
    await goes_down(gate, b"me")
    clock.advance(seconds=10)
    assert await gate.ask(b"me", answer) == "yes"


async def test_what_was_asked_together_rests_once(gate: Gate, clock: Moment) -> None:
    """A double click is no second failure."""
    both = (gate.ask(b"me", failing(OUTAGE)) for _ in range(2))
    await asyncio.gather(*both, return_exceptions=True)
    clock.advance(seconds=10)
    assert await gate.ask(b"me", answer) == "yes"


async def test_a_refusal_is_an_answer(gate: Gate) -> None:
    """It is told, however often, and closes nothing."""
    for _ in range(10):
        assert await refused(gate, failing(REFUSAL)) == "status 403"
    assert await gate.ask(b"me", answer) == "yes"


async def test_a_call_has_an_end(clock: Moment) -> None:
    """One that never answers counts as an outage."""
    gate = Gate("billing", FairQueue(2, waiting=4), Outages(clock), seconds=0.01)

    async def never() -> str:
        return await asyncio.get_running_loop().create_future()

    assert await refused(gate, never) == "time_out"
    assert await refused(gate, answer) == "asked_too_soon"


async def test_waiting_for_a_turn_has_an_end(clock: Moment) -> None:
    """And is no outage: the billing system has not even been asked."""
    gate = Gate("billing", FairQueue(2, waiting=4), Outages(clock), seconds=0.01)
    is_in, goes_on = asyncio.Event(), asyncio.Event()

    async def long() -> str:
        is_in.set()
        await goes_on.wait()
        return "yes"

    first = asyncio.create_task(gate.ask(b"me", long, seconds=60))
    await is_in.wait()
    assert await refused(gate, answer) == "queue_time_out"
    goes_on.set()
    assert await first == "yes"
    assert await gate.ask(b"me", answer) == "yes"
