"""What every test may rely on: no network but loopback, and a broker of its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import pytest_socket
import structlog

from broker.storage import migrate_storage
from tests.house import TestHouse, make_template, open_house
from tests.running import Installation
from tests.servers.postgresql import PostgreSQL, postgresql
from tests.servers.redis import PASSWORD as REDIS_PASSWORD
from tests.servers.redis import RedisServer, redis_server, valkey_program
from tests.sites import Sites, open_sites


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    """Fail loudly on any connection that leaves this machine."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """Undo what a started server has configured: it writes where only its own test listens."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """One PostgreSQL for all, with a migrated database to be copied."""
    with postgresql() as server:
        server.run("CREATE DATABASE migrated")
        url = server.url_with_password("migrated")
        asyncio.run(migrate_storage(url, url))
        yield server


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    """One Redis for all, emptied for each."""
    with redis_server(password=REDIS_PASSWORD) as server:
        yield server


@pytest.fixture(scope="session")
def valkey() -> Iterator[RedisServer]:
    """One Valkey for all, emptied for each."""
    with redis_server(password=REDIS_PASSWORD, program=valkey_program()) as server:
        yield server


@pytest.fixture(scope="session")
def house_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with schema, keys and register, to be copied."""
    directory = tmp_path_factory.mktemp("template")
    asyncio.run(make_template(directory))
    return directory


@pytest.fixture
async def house(house_template: Path, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """A whole broker with its upstreams."""
    async with open_house(house_template, tmp_path) as opened:
        yield opened


@pytest.fixture
def installation(house_template: Path, tmp_path: Path) -> Installation:
    """What `farstu serve` needs, for tests that run it as processes."""
    return Installation(house_template, tmp_path)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_house(
    house_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TestHouse]:
    """One broker for tests with browsers and people of their own, which leave clock and faults be.

    They say `pytestmark = pytest.mark.asyncio(loop_scope="session")`.
    """
    async with open_house(house_template, tmp_path_factory.mktemp("shared")) as opened:
        yield opened


@pytest.fixture(scope="session")
def sites(house_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """Portal, broker, upstream and a stranger, each a site of its own on https."""
    with open_sites(house_template, tmp_path_factory.mktemp("sites")) as running:
        yield running
