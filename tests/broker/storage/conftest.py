"""Two SQLite files, migrated, and the storage open on them."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path

import pytest

from broker.storage import Storage, migrate_storage, open_storage
from tests.contracts.samples import Clock
from tests.contracts.workers import URLs


def opened(urls: URLs, clock: Clock) -> AbstractAsyncContextManager[Storage]:
    """The storage, with nothing sealed."""
    return open_storage(
        *urls,
        seal=lambda plain, _: plain,
        open_sealed=lambda sealed, _: sealed,
        new_id=lambda prefix: prefix,
        clock=clock,
    )


@pytest.fixture
def clock() -> Clock:
    """A clock that the test moves."""
    return Clock()


@pytest.fixture
async def urls(tmp_path: Path) -> URLs:
    """Two migrated files."""
    found = URLs.within(tmp_path)
    await migrate_storage(*found)
    return found


@pytest.fixture
async def storage(urls: URLs, clock: Clock) -> AsyncIterator[Storage]:
    """The storage, open."""
    async with opened(urls, clock) as found:
        yield found


@pytest.fixture
def durable(urls: URLs, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The durable file as somebody sees it who goes behind our back."""
    with closing(sqlite3.connect(tmp_path / "durable.db", isolation_level=None)) as connection:
        yield connection


@pytest.fixture
def transient(urls: URLs, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The transient file, likewise."""
    with closing(sqlite3.connect(tmp_path / "transient.db", isolation_level=None)) as connection:
        yield connection
