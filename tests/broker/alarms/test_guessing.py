"""Neighbouring invoice numbers of one account: five are told, without a number."""

import hmac
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from broker.alarms.guessing import Neighbours
from broker.alarms.raising import Alarms
from broker.storage.errors import StorageUnavailable
from broker.storage.memory import MemoryTransientStore
from broker.telemetry.alarms import NeighboursTried
from linking import IdentityKey, WaitReferences
from tests.broker.chores.notebook import Notebook
from tests.contracts.samples import DAY, Clock

SHE = IdentityKey("https://issuer.example", "she")
HE = IdentityKey("https://issuer.example", "he")


def tag(text: str) -> bytes:
    """A keyed hash."""
    return hmac.digest(b"key", text.encode(), "sha256")


REFERENCES = WaitReferences(lambda who: [tag(who)])


@dataclass
class Watch:
    """The rule on a store in memory."""

    clock: Clock = field(default_factory=Clock)
    log: Notebook = field(default_factory=Notebook)

    def __post_init__(self) -> None:
        store = MemoryTransientStore(self.clock)
        self.neighbours = Neighbours(store, Alarms(store, self.log), tag, REFERENCES)

    async def see(self, *numbers: int, who: IdentityKey = SHE) -> list[object]:
        """Let each be tried; the alarms so far."""
        for number in numbers:
            await self.neighbours.tried(who, {number}, login_id="login")
        return list(self.log.events)


@pytest.mark.parametrize(
    ("numbers", "is_told"),
    [
        ((1001, 1002, 1003, 1004), False),
        ((1001, 1002, 1003, 1004, 1005), True),
        ((1001,) * 20, False),
        ((998, 999, 1000, 1001, 1002), True),  # across a border of hundreds
        ((1001, 1201, 1401, 1601, 1801), False),
        ((1001, 5, 1002, 77_000, 1003, 1004, 9, 1005), True),
    ],
)
async def test_five_of_one_neighbourhood(numbers: tuple[int, ...], *, is_told: bool) -> None:
    """Distinct ones, within a hundred, whatever comes between."""
    assert bool(await Watch().see(*numbers)) is is_told


async def test_it_is_told_without_numbers() -> None:
    """The account by what its own page shows, how many, and the login."""
    alarms = await Watch().see(*range(1001, 1006))
    assert alarms == [NeighboursTried(REFERENCES.of(SHE), 5, "login")]


async def test_two_accounts_are_not_one() -> None:
    """Each with four of them: nothing."""
    watch = Watch()
    await watch.see(*range(1001, 1005))
    assert await watch.see(*range(1001, 1005), who=HE) == []


async def test_going_on_is_told_once_an_hour() -> None:
    """However many more."""
    watch = Watch()
    assert len(await watch.see(*range(1001, 1040))) == 1
    watch.clock.pass_by(timedelta(hours=1))
    assert len(await watch.see(1040)) == 2


async def test_after_seven_days_it_is_forgotten() -> None:
    """Four last week and four now are four."""
    watch = Watch()
    await watch.see(*range(1001, 1005))
    watch.clock.pass_by(7 * DAY)
    assert await watch.see(*range(1005, 1009)) == []


async def test_an_ocr_number_counts_with_the_invoice_in_it() -> None:
    """Two readings of one try are two numbers far apart."""
    watch = Watch()
    for number in range(1001, 1006):
        await watch.neighbours.tried(SHE, {number, number * 10}, login_id="login")
    assert len(watch.log.events) == 1


async def test_a_store_that_is_down_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The try goes on."""

    async def down(*_: Any, **__: Any) -> bool:
        raise StorageUnavailable

    monkeypatch.setattr(MemoryTransientStore, "add", down)
    assert await Watch().see(*range(1001, 1010)) == []
