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
LONG = 20.0
PROVIDERS = ("microsoft", "google", "facebook", "yahoo")
TROUBLED = "google"


@dataclass(frozen=True)
class Scenario:
    """`act` does it under load and returns when it is over; `troubled` is the provider it is about.

    `runs_on` names what everything runs on: `grown`, `watched` (Redis with sentinels), `embedded`.
    `seconds` is how long everything is watched before it. To start processes costs the processors
    much: only where none is started, so many people come that their slowest say something.
    """

    name: str
    act: Act
    troubled: str = ""
    runs_on: str = "grown"
    needs: str = ""
    seconds: float = 8.0

    @property
    def per_second(self) -> dict[str, float]:
        """How many people come, at each provider."""
        if self.seconds < LONG:
            return dict.fromkeys(PROVIDERS, 0.5)
        return dict.fromkeys(PROVIDERS, 1.5) | {TROUBLED: 0.6}


async def nothing(_stack: Stack, _mischief: Mischief) -> None:
    """The same load without any fault: how much two windows differ by themselves."""
    await asyncio.sleep(LONG)


async def worker_kills(stack: Stack, _mischief: Mischief) -> None:
    """Every three seconds one worker of one broker is killed; the supervisors start new ones."""
    for number in range(6):
        machine = stack.machines[number % 2]
        await asyncio.to_thread(machine.kill_worker, number // 2 % 2 + 1)
        await asyncio.sleep(3)


async def broker_kills(stack: Stack, _mischief: Mischief) -> None:
    """A whole broker is killed with its workers, and comes back; then the other; and again."""
    for number in range(3):
        machine = stack.machines[number % 2]
        await asyncio.to_thread(machine.stop, signal.SIGKILL)
        machine.start()
        await asyncio.to_thread(wait_until_ready, machine.port)
        await asyncio.sleep(1)


async def rolling(stack: Stack, _mischief: Mischief) -> None:
    """Each broker in turn is told to stop, drains, and is started again."""
    for machine in stack.machines:
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


async def redis_hangs(stack: Stack, _mischief: Mischief) -> None:
    """The machine with the master and a sentinel hangs; the replica is promoted; it goes on.

    For some seconds two servers hold themselves for the master.
    """
    assert stack.watched
    await asyncio.to_thread(stack.watched.stop_machine)
    await asyncio.sleep(2)
    await asyncio.to_thread(stack.watched.continue_machine)
    await asyncio.to_thread(stack.watched.wait_until_one_master)


async def redis_failed_over(stack: Stack, _mischief: Mischief) -> None:
    """The replica lags by 0.7 s, the master is killed, the replica takes its place without them."""
    assert stack.watched
    await asyncio.to_thread(stack.watched.cut_off)
    await asyncio.sleep(0.7)
    await asyncio.to_thread(stack.watched.kill_master)
    await asyncio.sleep(4)


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
    """One provider misbehaves at its token endpoint."""

    async def act(stack: Stack, _mischief: Mischief) -> None:
        order = {"name": fault, "at": "token", "times": None, **how}
        await asyncio.to_thread(stack.control, provider=TROUBLED, faults=[order])
        await asyncio.sleep(LONG)
        await asyncio.to_thread(stack.control, provider=TROUBLED, reset=True)

    return act


def network(mode: str) -> Act:
    """The way to one provider is bad."""

    async def act(_stack: Stack, mischief: Mischief) -> None:
        mischief.mode = mode
        await asyncio.sleep(LONG)
        mischief.mode = "pass"

    return act


def clock(seconds: int) -> Act:
    """One of two brokers runs with a wrong clock, and must not be used."""

    async def act(stack: Stack, _mischief: Mischief) -> None:
        machine = stack.machines[1]
        await asyncio.to_thread(machine.stop)
        machine.start("faketime", "-f", f"{seconds:+d}s")
        await asyncio.to_thread(wait_until_open, machine.port)
        await asyncio.sleep(8)
        await asyncio.to_thread(machine.stop)
        machine.start()
        await asyncio.to_thread(wait_until_ready, machine.port)

    return act


SCENARIOS = (
    Scenario("nothing (to compare with)", nothing, seconds=LONG),
    Scenario("one provider slow (30 s)", upstream("slow", seconds=30.0), TROUBLED, seconds=LONG),
    Scenario("one provider 1 byte/s", network("drip"), TROUBLED, seconds=LONG),
    Scenario("one provider RST", network("reset"), TROUBLED, seconds=LONG),
    Scenario("one provider 500", upstream("down_500"), TROUBLED, seconds=LONG),
    Scenario("one provider HTML", upstream("html"), TROUBLED, seconds=LONG),
    Scenario("kill -9 of a worker every 3 s", worker_kills),
    Scenario("kill -9 of a whole broker, thrice", broker_kills),
    Scenario("rolling restart", rolling),
    Scenario("clock of one broker +60 s", clock(60), needs="faketime"),
    Scenario("clock of one broker -60 s", clock(-60), needs="faketime"),
    Scenario("Redis killed, back after 3 s", redis_killed),
    Scenario("Redis emptied, thrice", redis_emptied),
    Scenario("Redis rolled back 4 s", redis_rolled_back),
    Scenario("PostgreSQL restarted, crashed", postgresql_restarted),
    Scenario("PostgreSQL connections terminated", connections_terminated),
    Scenario("Redis hangs, replica promoted, old master back", redis_hangs, runs_on="watched"),
    Scenario("Redis failed over, 0.7 s lost", redis_failed_over, runs_on="watched"),
    Scenario("disk full (SQLite)", disk_full, runs_on="embedded", needs="mount"),
)


def is_possible(scenario: Scenario) -> bool:
    """Whether this machine has the program that it needs."""
    return not scenario.needs or shutil.which(scenario.needs) is not None
