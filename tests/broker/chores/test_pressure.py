"""How hard failures press: shown by every worker, and told once where it is much."""

from dataclasses import dataclass, field
from datetime import datetime

import pytest

from broker.alarms.raising import Alarms
from broker.chores.pressure import Measured, PressureShown, SprayTold
from broker.storage.errors import StorageUnavailable
from broker.storage.memory import MemoryTransientStore
from broker.telemetry.alarms import Spray
from linking import RegisterUnavailable, Thresholds
from linking.tries.pressure import Pressure
from tests.broker.chores.notebook import Notebook
from tests.contracts.samples import NOW, Clock
from tests.house import TestHouse
from tests.linking.fakes import Register
from tests.walking import somebody_new, to_numbers, type_numbers


@dataclass
class Figures:
    """What was counted."""

    everybody: Pressure = field(default_factory=Pressure)
    widest: int = 0
    is_down: bool = False

    async def of_everybody(self, *, now: datetime) -> Pressure:
        if self.is_down:
            raise StorageUnavailable
        return self.everybody

    async def widest_invoice(self, *, since: datetime, now: datetime) -> int:
        return self.widest if since < now else 0


class NoRegister(Register):
    """It does not answer."""

    async def size(self) -> int:
        raise RegisterUnavailable


@dataclass
class Watcher:
    """Remembers what it was told."""

    told: list[tuple[int, int, int]] = field(default_factory=list)

    def pressure(self, failures: int, beyond_first: int, threshold: int) -> None:
        self.told.append((failures, beyond_first, threshold))


def measured(figures: Figures, register: Register | None = None) -> Measured:
    """Ten failures a day, three customers of one invoice."""
    return Measured(register or Register(), figures, lambda _: Thresholds(daily=10))


async def told(figures: Figures, register: Register | None = None) -> list[object]:
    """The alarms of one turn."""
    log = Notebook()
    alarms = Alarms(MemoryTransientStore(Clock()), log)
    turn = SprayTold(measured(figures, register), alarms)
    assert await turn.run(NOW) == len(log.events)
    return list(log.events)


@pytest.mark.parametrize(
    ("figures", "alarms"),
    [
        (Figures(Pressure(of_all=9), widest=2), []),
        (Figures(Pressure(of_all=10)), [Spray("everybody", 10, 10)]),
        (Figures(widest=4), [Spray("invoice", 4, 3)]),
        (
            Figures(Pressure(of_all=50), widest=3),
            [Spray("everybody", 50, 10), Spray("invoice", 3, 3)],
        ),
    ],
)
async def test_a_threshold_that_is_reached_is_told(figures: Figures, alarms: list[Spray]) -> None:
    """Each by itself, with how many and from how many on."""
    assert await told(figures) == alarms


async def test_without_the_register_nothing_is_told() -> None:
    """The threshold depends on how many customers there are."""
    assert await told(Figures(Pressure(of_all=50)), NoRegister()) == []


async def test_every_worker_shows_it() -> None:
    """All, those beyond the first level, and the threshold."""
    watcher = Watcher()
    figures = Figures(Pressure(of_all=7, beyond_first=2))
    await PressureShown(measured(figures), [watcher], Clock()).look()
    assert watcher.told == [(7, 2, 10)]


@pytest.mark.parametrize("register", [Register(), NoRegister()])
async def test_what_cannot_be_asked_stays_as_it_was(register: Register) -> None:
    """Neither a database nor a register that is down ends the looking."""
    watcher = Watcher()
    figures = Figures(is_down=not isinstance(register, NoRegister))
    await PressureShown(measured(figures, register), [watcher], Clock()).look()
    assert watcher.told == []


async def test_a_spray_on_a_running_broker_is_told_once(house: TestHouse) -> None:
    """Three people, one invoice number, three customer numbers: on real storage, in one line."""
    for number in ("100301", "100302", "100303"):
        browser = await to_numbers(house.browser(), somebody_new())
        await type_numbers(browser, number, "1007999")
    log, parts = Notebook(), house.parts
    figures = Measured(parts.linking.register, parts.storage.tries, lambda _: Thresholds(daily=10))
    turn = SprayTold(figures, Alarms(parts.storage.transient, log))
    assert await turn.run(house.clock.now) == 1
    assert await turn.run(house.clock.now) == 0
    assert log.events == [Spray("invoice", 3, 3)]
