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
from tests.servers.postgresql import PostgreSQL
from tests.servers.redis import RedisServer

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
def on_sqlite(migrated: Path, tmp_path: Path) -> URLs:
    """Two fresh, migrated SQLite files."""
    for name in ("durable.db", "transient.db"):
        shutil.copy(migrated / name, tmp_path / name)
    return URLs.within(tmp_path)


@pytest.fixture
def on_postgresql(postgresql_server: PostgreSQL) -> Iterator[URLs]:
    """A fresh, migrated database for both."""
    name = postgresql_server.new_database(template="migrated")
    url = postgresql_server.url_with_password(name)
    yield URLs(url, url)
    postgresql_server.drop(name)


@pytest.fixture
def on_redis(on_sqlite: URLs, redis: RedisServer) -> URLs:
    """The durable in a file, the transient in Redis."""
    return on_redis_at(on_sqlite, redis)


@pytest.fixture
def on_valkey(on_sqlite: URLs, valkey: RedisServer) -> URLs:
    """The same, in what has become of Redis elsewhere."""
    return on_redis_at(on_sqlite, valkey)


def on_redis_at(on_sqlite: URLs, server: RedisServer) -> URLs:
    """The durable in a file, the transient in an empty server."""
    server.client().flushall()
    return URLs(on_sqlite.database, server.url)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every engine keeps the contract; those that processes share, in contention too."""
    shared = ["sqlite", "postgresql"]
    if metafunc.module.__name__.endswith("test_transient_store"):
        shared += ["redis", "valkey"]
    if "shared" in metafunc.fixturenames:
        metafunc.parametrize("engine", shared)
    elif "urls" in metafunc.fixturenames:
        metafunc.parametrize("engine", [*shared, "memory"])


@pytest.fixture
def urls(engine: str, request: pytest.FixtureRequest) -> URLs:
    """The databases of an engine."""
    if engine == "memory":
        return URLs("sqlite://", "sqlite://")
    found: URLs = request.getfixturevalue(f"on_{engine}")
    return found


@pytest.fixture
def shared(urls: URLs) -> URLs:
    """Databases that several processes can reach."""
    return urls


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
async def on_shared(shared: URLs) -> AsyncIterator[Storage]:
    """What processes contend for, open in this one, by the wall clock."""
    async with workers.opened(shared) as opened:
        yield opened


@pytest.fixture(scope="session")
def four_processes() -> Iterator[ProcessPoolExecutor]:
    """Four interpreters of their own, which begin each job together."""
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(4)
    with ProcessPoolExecutor(4, spawn, workers.meet_at, (barrier,)) as pool:
        yield pool


@pytest.fixture
def contend(four_processes: ProcessPoolExecutor, shared: URLs) -> Contend:
    """Run a job of `workers` in four processes on the same databases; all their results."""

    def run(job: Callable[..., Awaitable[list[object]]], times: int) -> list[object]:
        futures = [
            four_processes.submit(workers.run, job, shared, number, times) for number in range(4)
        ]
        return [result for future in futures for result in future.result(timeout=60)]

    return run
