"""The breaker: opens, cools down, probes once."""

import pytest

from providers.breaker import Breaker
from tests.providers.upstream import Clock


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    """Three failures open it, for thirty seconds."""
    return Breaker(clock, threshold=3)


def fail(breaker: Breaker, times: int) -> None:
    """So many calls in a row without an answer."""
    for _ in range(times):
        assert breaker.admit()
        breaker.failed()


def test_failures_in_a_row_open_it(breaker: Breaker) -> None:
    """At the threshold, not before."""
    fail(breaker, 2)
    assert not breaker.is_open
    fail(breaker, 1)
    assert breaker.is_open
    assert not breaker.admit()


def test_an_answer_begins_the_count_anew(breaker: Breaker) -> None:
    """Scattered failures are everyday life."""
    for _ in range(10):
        fail(breaker, 2)
        breaker.succeeded()
    assert not breaker.is_open


def test_after_the_cool_down_one_probe_goes_out(breaker: Breaker, clock: Clock) -> None:
    """Half-open: one call, and the others wait for what comes of it."""
    fail(breaker, 3)
    clock.advance(seconds=29)
    assert not breaker.admit()
    clock.advance(seconds=1)
    assert not breaker.is_open
    assert breaker.admit()
    assert not breaker.admit()


def test_a_good_probe_closes_it(breaker: Breaker, clock: Clock) -> None:
    """All may pass again, and the count is nought."""
    fail(breaker, 3)
    clock.advance(seconds=30)
    breaker.admit()
    breaker.succeeded()
    fail(breaker, 2)
    assert breaker.admit()


def test_a_bad_probe_opens_it_again(breaker: Breaker, clock: Clock) -> None:
    """One is enough, for another cool-down."""
    fail(breaker, 3)
    clock.advance(seconds=30)
    fail(breaker, 1)
    assert breaker.is_open
    clock.advance(seconds=30)
    assert breaker.admit()


def test_a_lost_probe_gives_its_place_up(breaker: Breaker, clock: Clock) -> None:
    """A caller that went away must not keep the provider down for good."""
    fail(breaker, 3)
    clock.advance(seconds=30)
    assert breaker.admit()
    clock.advance(seconds=30)
    assert breaker.admit()
