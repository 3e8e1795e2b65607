"""SQLite as an engine: a file, or memory.

Write-ahead log, foreign keys, a busy time-out, and `BEGIN` written by us. Left alone, the driver
begins a transaction at the first write, after the read that the write was based on, and two
processes overwrite each other; so every transaction starts with `BEGIN IMMEDIATE` unless its
connection has the option `read_only`, which gets a plain `BEGIN`.
"""

import os
import secrets
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

from broker.storage.errors import StorageUnavailable

# FULL: what was acknowledged (a revocation!) must be there after a power cut; in WAL, NORMAL may
# lose the last commits. NORMAL is for what may vanish: it makes nothing valid by its absence.
Synchronous = Literal["FULL", "NORMAL"]

# Longer than any batch that we write holds the lock.
_BUSY_SECONDS: Final = 10.0
_AGAIN_SECONDS: Final = 0.01
# One writer at a time, and readers that mostly find their page in memory.
_CONNECTIONS: Final = 4


def open_file(url: URL, *, synchronous: Synchronous) -> AsyncEngine:
    """Open the file of this address; it is made readable for its owner only.

    Raises `StorageUnavailable` when it cannot be created, or is no database.
    """
    path = Path(url.database or "")
    _create_privately(path)
    _switch_to_write_ahead_log(path)
    engine = _create(url.set(drivername="sqlite+aiosqlite"), connections=_CONNECTIONS)
    _prepare_connections(engine, f"PRAGMA synchronous={synchronous}")
    return engine


def open_memory() -> tuple[AsyncEngine, sqlite3.Connection]:
    """A database in memory with one connection, which all users of it queue for.

    Two connections would need SQLite's shared-cache locking, which knows no busy time-out. The
    idle second one only keeps the contents when a cancelled task costs us the first.
    """
    name = f"file:farstu-{secrets.token_hex(8)}"
    query = {"mode": "memory", "cache": "shared", "uri": "true"}
    url = URL.create("sqlite+aiosqlite", database=name, query=query)
    keepalive = sqlite3.connect(f"{name}?mode=memory&cache=shared", uri=True)
    engine = _create(url, connections=1)
    _prepare_connections(engine)
    return engine, keepalive


def _create(url: URL, *, connections: int) -> AsyncEngine:
    """Create the engine; bound values never show in an exception's text."""
    return create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None},
    )


def _create_privately(path: Path) -> None:
    """Create the file with mode 0600 before SQLite does; its log files get the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StorageUnavailable("cannot create the database file", detail=str(error)) from error


def _switch_to_write_ahead_log(path: Path) -> None:
    """Choose the journal, once for the life of the file.

    When several processes do that to a new file at once, SQLite does not wait for its busy
    time-out but fails some of them, so we try again ourselves.
    """
    give_up_at = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                raise StorageUnavailable("cannot open the database", detail=str(error)) from error
            time.sleep(_AGAIN_SECONDS)
        except sqlite3.DatabaseError as error:
            raise StorageUnavailable("not a database", detail=str(error)) from error
        else:
            return


def _prepare_connections(engine: AsyncEngine, *pragmas: str) -> None:
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in ("PRAGMA foreign_keys=ON", *pragmas):
            cursor.execute(pragma)
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", _begin)


def _begin(connection: Connection) -> None:
    options: dict[str, Any] = dict(connection.get_execution_options())
    connection.exec_driver_sql("BEGIN" if options.get("read_only") else "BEGIN IMMEDIATE")
