"""Own failures make somebody wait: shortly, growing, with an end, and never for good."""

from datetime import timedelta

import pytest

from linking import OwnWaits
from linking.tries.waiting import Step

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("failures", "wait"),
    [
        *((n, 0 * SECOND) for n in range(6)),
        *((n, 30 * SECOND) for n in range(6, 11)),
        *((n, 2 * MINUTE) for n in range(11, 16)),
        *((n, 10 * MINUTE) for n in (16, 17, 100, 1_000_000)),
    ],
)
def test_the_schedule(failures: int, wait: timedelta) -> None:
    """Five free failures, then 30 s five times, 2 min five times, then 10 min and never more."""
    assert OwnWaits().after(failures) == wait


def test_failures_are_remembered_for_thirty_days() -> None:
    """After that an identity begins anew."""
    assert OwnWaits().memory == timedelta(days=30)


def test_the_schedule_can_be_configured() -> None:
    """Steps, free failures and the longest wait."""
    waits = OwnWaits(free=1, steps=(Step(SECOND, times=2),), longest=MINUTE)
    assert [waits.after(n) for n in range(6)] == [
        0 * SECOND,
        0 * SECOND,
        SECOND,
        SECOND,
        MINUTE,
        MINUTE,
    ]


def test_a_year_of_guessing() -> None:
    """One identity gets some 52,600 tries in a year, whatever it does."""
    waits, elapsed, tries = OwnWaits(), timedelta(0), 0
    while elapsed <= timedelta(days=365.25):
        tries += 1
        elapsed += waits.after(tries)
    assert tries == 52_610
