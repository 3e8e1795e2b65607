"""Story: people sign in while the broker takes a new configuration, and while a worker dies."""

import asyncio
import itertools
import os
import signal
from collections.abc import Iterator

import httpx2
import pytest

from tests.running import Installation, Running

pytestmark = pytest.mark.processes

_numbers = itertools.count(1)


@pytest.fixture
def broker(installation: Installation) -> Iterator[Running]:
    """Two workers and the providers."""
    with installation.upstream(), installation.serving("--workers", "2") as running:
        running.wait_for("worker_started", 2)
        yield running


async def _sign_in(installation: Installation) -> None:
    """Somebody new signs in, with the numbers, and the portal gets its tokens."""
    assert "access_token" in await installation.sign_in(f"load-{next(_numbers)}")


async def _keep_signing_in(installation: Installation, over: asyncio.Event) -> int:
    done = 0
    while not over.is_set():
        await _sign_in(installation)
        done += 1
    return done


async def _meanwhile(broker: Running, event: str, count: int) -> None:
    await asyncio.to_thread(broker.wait_for, event, count)


async def test_a_new_configuration_costs_nobody_a_login(
    installation: Installation, broker: Running
) -> None:
    """Three reloads, every worker replaced each time, and not one request fails."""
    over = asyncio.Event()
    people = [asyncio.create_task(_keep_signing_in(installation, over)) for _ in range(3)]
    for turn in range(1, 4):
        broker.tell(signal.SIGHUP)
        await _meanwhile(broker, "reloaded", turn)
    over.set()
    assert sum(await asyncio.gather(*people)) > 5
    assert len(broker.told("worker_started")) == 8
    assert broker.told("worker_died") == broker.told("unexpected") == []


async def _try_again(installation: Installation) -> int:
    """How many times somebody had to begin again: what broke is told by the connection alone."""
    for again in range(5):
        try:
            await _sign_in(installation)
        except httpx2.TransportError:
            continue
        return again
    raise AssertionError("a dead end")


async def test_a_worker_that_dies_is_no_dead_end(
    installation: Installation, broker: Running
) -> None:
    """Kill -9 in the middle of logins: requests under way may be lost, a new try succeeds."""
    for turn in (1, 2):
        people = [asyncio.create_task(_try_again(installation)) for _ in range(4)]
        await asyncio.sleep(0.1)
        os.kill(broker.workers()[1], signal.SIGKILL)
        await asyncio.gather(*people)
        await _meanwhile(broker, "worker_started", 2 + turn)
    assert len(broker.told("worker_died")) == 2
