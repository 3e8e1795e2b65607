"""What every test may rely on: no network but loopback, and a broker of its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import pytest_socket
import structlog

from tests.house import TestHouse, make_template, open_house


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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_house(
    house_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TestHouse]:
    """One broker for tests with browsers and people of their own, which leave clock and faults be.

    They say `pytestmark = pytest.mark.asyncio(loop_scope="session")`.
    """
    async with open_house(house_template, tmp_path_factory.mktemp("shared")) as opened:
        yield opened
