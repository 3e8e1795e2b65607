"""What goes wrong: each scenario is a function of the running stack that does it and undoes it."""

import asyncio
import shutil
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.mischief import Mischief
from tests.faults.stack import Stack, wait_until_open, wait_until_ready

Act = Callable[[Stack, Mischief], Awaitable[None]]
FILLING = 1024 * 1024


@dataclass(frozen=True)
class Scenario:
    """`act` does it under load and returns when it is over; `spares` names who must not notice."""

    name: str
    act: Act
    spares: tuple[str, ...] = ()
    on_sqlite: bool = False
    needs: str = ""


async def nothing(_stack: Stack, _mischief: Mischief) -> None:
    """The same load without any fault, to compare with."""
    await asyncio.sleep(8)


async def kills(stack: Stack, _mischief: Mischief) -> None:
    """A broker is killed every two seconds, and comes back."""
    for number in range(4):
        machine = stack.machines[number % 2]
        await asyncio.to_thread(machine.stop, signal.SIGKILL)
        machine.start()
        await asyncio.to_thread(wait_until_ready, machine.port)
        await asyncio.sleep(1)


async def rolling(stack: Stack, _mischief: Mischief) -> None:
    """Each broker in turn is told to stop, drains, and is started again, twice."""
    for machine in stack.machines * 2:
        await asyncio.to_thread(machine.stop, signal.SIGTERM)
        machine.start()
        await asyncio.to_thread(wait_until_ready, machine.port)
        await asyncio.sleep(1)


async def redis_killed(stack: Stack, _mischief: Mischief) -> None:
    """Redis is away for three seconds, and comes back with what it had a moment before."""
    assert stack.redis
    snapshot = await asyncio.to_thread(stack.redis.snapshot)
    await asyncio.to_thread(stack.redis.stop, signal.SIGKILL)
    await asyncio.sleep(3)
    await asyncio.to_thread(stack.redis.come_back, snapshot)


async def redis_emptied(stack: Stack, _mischief: Mischief) -> None:
    """Redis forgets everything, three times."""
    assert stack.redis
    for _ in range(3):
        await asyncio.to_thread(stack.redis.client().flushall)
        await asyncio.sleep(2)


async def redis_rolled_back(stack: Stack, _mischief: Mischief) -> None:
    """Redis comes back as it was some seconds ago."""
    assert stack.redis
    snapshot = await asyncio.to_thread(stack.redis.snapshot)
    await asyncio.sleep(4)
    await asyncio.to_thread(stack.redis.come_back, snapshot)


async def redis_failed_over(stack: Stack, _mischief: Mischief) -> None:
    """A replica that lags takes the master's place: what was acknowledged last is missing."""
    assert stack.redis
    snapshot = await asyncio.to_thread(stack.redis.snapshot)
    await asyncio.sleep(0.5)
    await asyncio.to_thread(stack.redis.come_back, snapshot)


async def postgresql_restarted(stack: Stack, _mischief: Mischief) -> None:
    """A fast shutdown, two seconds of nothing, and a start; then a crash likewise."""
    assert stack.database
    for how in (signal.SIGINT, signal.SIGQUIT):
        await asyncio.to_thread(stack.database.stop, how)
        await asyncio.sleep(2)
        await asyncio.to_thread(stack.database.start)
        await asyncio.sleep(2)


async def connections_terminated(stack: Stack, _mischief: Mischief) -> None:
    """An administrator ends every connection, once a second."""
    assert stack.database
    for _ in range(6):
        await asyncio.to_thread(stack.database.terminate_connections)
        await asyncio.sleep(1)


async def disk_full(stack: Stack, _mischief: Mischief) -> None:
    """Nothing can be written for three seconds."""
    filler = stack.folder / "filler"
    await asyncio.to_thread(_fill, filler)
    await asyncio.sleep(3)
    filler.unlink()


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(FILLING))
        except OSError:
            return


def upstream(fault: str, **how: object) -> Act:
    """One provider misbehaves at its token endpoint for eight seconds."""

    async def act(stack: Stack, _mischief: Mischief) -> None:
        order = {"name": fault, "at": "token", "times": None, **how}
        await asyncio.to_thread(stack.control, provider="google", faults=[order])
        await asyncio.sleep(8)
        await asyncio.to_thread(stack.control, provider="google", reset=True)

    return act


def network(mode: str) -> Act:
    """The way to one provider is bad for eight seconds."""

    async def act(_stack: Stack, mischief: Mischief) -> None:
        mischief.mode = mode
        await asyncio.sleep(8)
        mischief.mode = "pass"

    return act


def clock(seconds: int) -> Act:
    """One of two brokers runs with a wrong clock, and must not be used."""

    async def act(stack: Stack, _mischief: Mischief) -> None:
        machine = stack.machines[1]
        await asyncio.to_thread(machine.stop)
        machine.start("faketime", "-f", f"{seconds:+d}s")
        await asyncio.to_thread(wait_until_open, machine.port)
        await asyncio.sleep(6)
        await asyncio.to_thread(machine.stop)
        machine.start()
        await asyncio.to_thread(wait_until_ready, machine.port)

    return act


OTHERS = ("microsoft", "facebook", "yahoo")
SCENARIOS = (
    Scenario("nothing (to compare with)", nothing),
    Scenario("kill -9 of a broker, again and again", kills),
    Scenario("rolling restart", rolling),
    Scenario("Redis killed", redis_killed),
    Scenario("Redis emptied", redis_emptied),
    Scenario("Redis rolled back 4 s", redis_rolled_back),
    Scenario("Redis failed over, 0.5 s lost", redis_failed_over),
    Scenario("PostgreSQL restarted, crashed", postgresql_restarted),
    Scenario("PostgreSQL connections terminated", connections_terminated),
    Scenario("one provider slow (30 s)", upstream("slow", seconds=30.0), OTHERS),
    Scenario("one provider 1 byte/s", network("drip"), OTHERS),
    Scenario("one provider RST", network("reset"), OTHERS),
    Scenario("one provider 500", upstream("down_500"), OTHERS),
    Scenario("one provider HTML", upstream("html"), OTHERS),
    Scenario("clock of one broker +60 s", clock(60), needs="faketime"),
    Scenario("clock of one broker -60 s", clock(-60), needs="faketime"),
    Scenario("disk full (SQLite)", disk_full, on_sqlite=True, needs="mount"),
)


def is_possible(scenario: Scenario) -> bool:
    """Whether this machine has the program that it needs."""
    return not scenario.needs or shutil.which(scenario.needs) is not None
