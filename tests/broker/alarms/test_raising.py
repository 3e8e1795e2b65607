"""An alarm is written once an hour for each cause, and never in anybody's way."""

from datetime import timedelta
from typing import Any

import pytest

from broker.alarms.raising import Alarms
from broker.storage.errors import StorageUnavailable
from broker.storage.memory import MemoryTransientStore
from broker.telemetry.alarms import NeighboursTried, Spray
from tests.broker.chores.notebook import Notebook
from tests.contracts.samples import Clock

SPRAY = Spray("everybody", 12, 10)


async def test_once_an_hour() -> None:
    """The second within the hour is not written, the one after it is."""
    clock, log = Clock(), Notebook()
    alarms = Alarms(MemoryTransientStore(clock), log)
    assert await alarms.raise_once(SPRAY, "everybody")
    assert not await alarms.raise_once(SPRAY, "everybody")
    clock.pass_by(timedelta(hours=1))
    assert await alarms.raise_once(SPRAY, "everybody")
    assert log.events == [SPRAY, SPRAY]


async def test_another_cause_is_another_alarm() -> None:
    """Nor does one kind of alarm hide another."""
    log = Notebook()
    alarms = Alarms(MemoryTransientStore(Clock()), log)
    await alarms.raise_once(SPRAY, "everybody")
    await alarms.raise_once(SPRAY, "invoice")
    await alarms.raise_once(NeighboursTried("V-1", 5, "l"), "invoice")
    assert len(log.events) == 3


async def test_all_workers_tell_it_once() -> None:
    """They share the store."""
    store, logs = MemoryTransientStore(Clock()), (Notebook(), Notebook())
    for log in logs:
        await Alarms(store, log).raise_once(SPRAY, "everybody")
    assert [len(log.events) for log in logs] == [1, 0]


async def test_a_store_that_is_down_is_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is told, and nothing fails."""

    async def down(*_: Any, **__: Any) -> bool:
        raise StorageUnavailable

    monkeypatch.setattr(MemoryTransientStore, "add", down)
    log = Notebook()
    assert not await Alarms(MemoryTransientStore(Clock()), log).raise_once(SPRAY, "everybody")
    assert log.events == []
