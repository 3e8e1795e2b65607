"""Said ahead that a secret ends."""

from datetime import UTC, date, datetime, timedelta

import pytest

from broker.alarms.raising import Alarms
from broker.chores.secret_ends import SecretsEnding
from broker.storage.memory import MemoryTransientStore
from broker.telemetry.keys import SecretEnds
from tests.broker.chores.notebook import Notebook

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Days:
    """A clock by the day."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.parametrize(
    ("left", "told"), [(31, []), (30, [30]), (14, [14]), (3, [3]), (0, [0]), (-2, [-2])]
)
async def test_it_is_told_when_it_is_near(left: int, told: list[int]) -> None:
    """Also when it has ended."""
    log, clock = Notebook(), Days()
    ends = {"microsoft": NOW.date() + timedelta(days=left)}
    chore = SecretsEnding(ends, Alarms(MemoryTransientStore(clock), log))
    assert await chore.run(NOW) == len(told)
    assert log.events == [SecretEnds("microsoft", each) for each in told]


async def test_it_is_told_three_times_in_a_month() -> None:
    """However often it is looked at."""
    log, clock = Notebook(), Days()
    chore = SecretsEnding(
        {"microsoft": date(2026, 12, 24)}, Alarms(MemoryTransientStore(clock), log)
    )
    for hour in range(24 * 31):
        clock.now = NOW + timedelta(hours=hour)
        await chore.run(clock.now)
    assert log.events == [SecretEnds("microsoft", each) for each in (30, 14, 3)]
