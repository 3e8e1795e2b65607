"""The bound on what guessing can bring: worked out by hand here, by the rules there."""

from datetime import timedelta

import pytest

from linking.ladder import Ladder, Level
from linking.tries.bound import YEAR, Guessing, Odds, tries_of_one
from linking.tries.pressure import Thresholds, daily_for
from linking.tries.waiting import OwnWaits

REACHED_BY_LETTER = Ladder(all_private_reachable=True)


def _guessing(customers: int, ladder: Ladder | None = None, identities: int = 10_000) -> Guessing:
    return Guessing(
        customers,
        ladder or Ladder(),
        Thresholds(daily=daily_for(customers)),
        OwnWaits(),
        identities,
    )


@pytest.mark.parametrize(
    ("span", "tries"),
    [
        (timedelta(0), 6),  # the sixth is the last without a wait
        (timedelta(seconds=30), 7),
        (timedelta(seconds=149), 10),
        (timedelta(seconds=750), 16),
        (timedelta(seconds=1349), 16),
        (timedelta(seconds=1350), 17),
        (YEAR, 16 + (31_536_000 - 750) // 600),
    ],
)
def test_one_identity_is_judged_so_often(span: timedelta, tries: int) -> None:
    """An identity that always fails gets its free tries and then one a wait."""
    assert tries_of_one(OwnWaits(), span) == tries


@pytest.mark.parametrize(("customers", "daily"), [(30_000, 25), (1_000_000, 822)])
def test_the_day_bounds_tries_at_two_numbers(customers: int, daily: int) -> None:
    """No day sees more tries with two numbers than its threshold, however many identities."""
    assert _guessing(customers).tries(customers).first == daily * 365
    assert _guessing(customers, identities=10**9).tries(customers).first == daily * 365


def test_few_identities_bound_themselves() -> None:
    """Somebody with one account gets no more than that account's waits allow."""
    assert _guessing(10**8, identities=1).tries(10**8).first == tries_of_one(OwnWaits(), YEAR)


def test_one_customer_is_tried_three_times_a_week() -> None:
    """Whom somebody is after is guarded by the threshold of that customer number."""
    assert _guessing(1_000_000).bound(Odds(0.001)).tries_on_one.first == 3 * 53


def test_letters_bound_the_second_item_too() -> None:
    """Where a code reaches everybody, the second item is bounded by the day as well."""
    by_waits = 10_000 * tries_of_one(OwnWaits(), YEAR)
    assert _guessing(30_000).tries(30_000).second == by_waits
    assert _guessing(30_000, REACHED_BY_LETTER).tries(30_000).second == 25 * 365


@pytest.mark.parametrize(
    ("private", "first", "second"), [(Level.SECOND_ITEM, 0, True), (Level.CODE, 0, False)]
)
def test_a_level_that_is_not_enough_brings_nothing(
    private: Level, first: int, second: bool
) -> None:
    """Where customers begin higher, tries below do not count."""
    tries = _guessing(30_000, Ladder(private=private)).tries(30_000)
    assert (tries.first, tries.second > 0) == (first, second)


def test_takeovers_are_tries_times_odds() -> None:
    """Both levels' tries times their odds, and next to nothing for codes."""
    bound = _guessing(30_000, REACHED_BY_LETTER).bound(Odds(first=1 / 30_000, second=0.01))
    assert bound.takeovers == pytest.approx(25 * 365 / 30_000 * 1.01, rel=1e-3)
    assert bound.on_one == pytest.approx((3 * 53 + 100 * 53 * 0.01) / 30_000, rel=1e-3)


def test_a_success_pays_for_more_guesses() -> None:
    """It gives back what led to it: with good odds that is more than the tries times the odds."""
    few = _guessing(30_000).bound(Odds(first=0.05, second=0.0)).takeovers
    assert few == pytest.approx(25 * 365 * 0.05 / (1 - 16 * 0.05), rel=1e-6)


def test_where_a_guess_pays_for_itself_all_fall() -> None:
    """No throttle makes numbers safe that are guessed one time in ten."""
    bound = _guessing(30_000).bound(Odds(first=0.1))
    assert (bound.takeovers, bound.on_one) == (30_000, 1.0)


@pytest.mark.parametrize("days", [1, 7, 30])
def test_a_shorter_time_has_fewer_tries(days: int) -> None:
    """Day by day, for any span."""
    tries = _guessing(30_000).tries(30_000, timedelta(days=days))
    assert tries.first == 25 * days


def test_without_a_second_item_the_day_bounds_nothing() -> None:
    """Failures ask for nothing more: attackers have as many tries as their accounts."""
    short = Ladder().in_force(())
    own = 10_000 * tries_of_one(OwnWaits(), YEAR)
    assert _guessing(30_000, short).tries(30_000).first == own
    by_letter = REACHED_BY_LETTER.in_force(())
    assert _guessing(30_000, by_letter).tries(1).first == 100 * 53
    begun = Ladder(private=Level.SECOND_ITEM).in_force(())
    assert _guessing(30_000, begun).tries(30_000) == _guessing(
        30_000, Ladder(private=Level.SECOND_ITEM)
    ).tries(30_000)
