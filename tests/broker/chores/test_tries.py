"""How long a message is tried, and how often."""

from datetime import timedelta

import pytest

from broker.chores.tries import next_try


@pytest.mark.parametrize("days", [1, 5, 30])
def test_ever_more_seldom_until_the_days_are_over(days: int) -> None:
    """From a minute to six hours; the last try is not before the time, nor long after it."""
    waited, pauses = timedelta(), list[timedelta]()
    while (pause := next_try(len(pauses), give_up_after=timedelta(days=days))) is not None:
        pauses.append(pause)
        waited += pause
    assert pauses[0] == timedelta(minutes=1)
    assert pauses == sorted(pauses)
    assert max(pauses) == timedelta(hours=6)
    assert timedelta(days=days) <= waited <= timedelta(days=days, hours=6)


def test_an_hour_of_trouble_costs_little() -> None:
    """Several tries within two hours: a mail server that restarts delays nobody for long."""
    long = timedelta(days=5)
    first = [next_try(each, give_up_after=long) or timedelta() for each in range(4)]
    assert sum(first, timedelta()) < timedelta(hours=2)
