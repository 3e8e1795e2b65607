"""Database engines: the SQLAlchemy engine behind an address, set up so that no update is lost.

`sqlite` and `postgresql` say how; what both promise is here. A writer's transaction is all or
nothing, a reader sees what was committed, and a snapshot sees one state however long it looks.
"""

import sqlite3
from dataclasses import dataclass

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from broker.storage.sql.postgresql import open_postgresql
from broker.storage.sql.sqlite import Synchronous, open_file, open_memory

CONNECTIONS = 8
_MEMORY = (None, "", ":memory:")


@dataclass(frozen=True, slots=True)
class Engine:
    """An open engine, three ways: for writing, for reading, and for one state seen for long.

    `one_writer`: writers of a process take turns, since the database lets one in at a time.
    `keepalive` holds a database in memory alive between its connections.
    """

    writers: AsyncEngine
    readers: AsyncEngine
    snapshots: AsyncEngine
    one_writer: bool
    keepalive: sqlite3.Connection | None = None

    async def close(self) -> None:
        """Close every connection; a database in memory is gone then."""
        await self.writers.dispose()
        if self.keepalive is not None:
            self.keepalive.close()


def is_in_memory(url: str) -> bool:
    """Is this the address of a database that nobody else can reach?"""
    parsed = make_url(url)
    return parsed.get_backend_name() == "sqlite" and parsed.database in _MEMORY


def open_engine(
    url: str, *, synchronous: Synchronous = "FULL", connections: int = CONNECTIONS
) -> Engine:
    """Open `sqlite:///path/to/file`, in memory `sqlite://`, or `postgresql://user@host/name`.

    Raises `ValueError` for another kind of address and `StorageUnavailable` when a file cannot be
    created. PostgreSQL is not connected to before it is asked for something.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        engine = open_postgresql(parsed, connections=connections)
        return Engine(
            writers=engine,
            readers=engine.execution_options(isolation_level="AUTOCOMMIT"),
            snapshots=engine.execution_options(isolation_level="REPEATABLE READ"),
            one_writer=False,
        )
    if parsed.get_backend_name() != "sqlite":
        raise ValueError(f"unsupported database: {parsed.get_backend_name()}")
    if is_in_memory(url):
        return _embedded(*open_memory())
    return _embedded(open_file(parsed, synchronous=synchronous))


def _embedded(engine: AsyncEngine, keepalive: sqlite3.Connection | None = None) -> Engine:
    reading = engine.execution_options(read_only=True)
    return Engine(engine, reading, reading, one_writer=True, keepalive=keepalive)
