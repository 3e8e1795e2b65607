"""The engines that every contract suite runs over, and four processes to contend with."""

import asyncio
import itertools
import multiprocessing
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from broker.storage import Storage, migrate_storage, open_storage
from tests.contracts import workers
from tests.contracts.samples import Clock
from tests.contracts.workers import URLs

Contend = Callable[..., list[object]]


@pytest.fixture
def clock() -> Clock:
    """A clock that the test moves."""
    return Clock()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both databases migrated once, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    asyncio.run(migrate_storage(*URLs.within(folder)))
    return folder


@pytest.fixture
def files(migrated: Path, tmp_path: Path) -> URLs:
    """Two fresh, migrated SQLite files."""
    for name in ("durable.db", "transient.db"):
        shutil.copy(migrated / name, tmp_path / name)
    return URLs.within(tmp_path)


@pytest.fixture(params=["sqlite", "memory"])
def urls(request: pytest.FixtureRequest) -> URLs:
    """Every engine that must keep the contract."""
    if request.param == "memory":
        return URLs("sqlite://", "sqlite://")
    found: URLs = request.getfixturevalue("files")
    return found


@pytest.fixture
async def storage(urls: URLs, clock: Clock) -> AsyncIterator[Storage]:
    """An open storage of each engine."""
    numbers = itertools.count(1)
    async with open_storage(
        *urls,
        seal=lambda plain, name: name + b"|" + plain[::-1],
        open_sealed=workers.open_reversed,
        new_id=lambda prefix: f"{prefix}_{next(numbers)}",
        clock=clock,
    ) as opened:
        yield opened


@pytest.fixture
async def on_files(files: URLs) -> AsyncIterator[Storage]:
    """The files that processes contend for, open in this one, by the wall clock."""
    async with workers.opened(files) as opened:
        yield opened


@pytest.fixture(scope="session")
def four_processes() -> Iterator[ProcessPoolExecutor]:
    """Four interpreters of their own, which begin each job together."""
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(4)
    with ProcessPoolExecutor(4, spawn, workers.meet_at, (barrier,)) as pool:
        yield pool


@pytest.fixture
def contend(four_processes: ProcessPoolExecutor, files: URLs) -> Contend:
    """Run a job of `workers` in four processes on the same two files; all their results."""

    def run(job: Callable[..., Awaitable[list[object]]], times: int) -> list[object]:
        futures = [
            four_processes.submit(workers.run, job, files, number, times) for number in range(4)
        ]
        return [result for future in futures for result in future.result(timeout=60)]

    return run
