"""Transactions: one connection for everything that is done within `async with transaction():`.

A durable verb asks for a connection to write or to read. Within a transaction it gets that
transaction's connection; outside it gets one of its own, for that verb alone. A task holds at
most one connection at a time.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from broker.storage.errors import StorageUnavailable, TransactionFailed
from broker.storage.sql.engine import Engine

# SQLSTATE classes that say: not now. Connection, transaction rollback (a deadlock), resources (a
# full disk), state (a lock not had in time), operator intervention (a restart), system.
_NOT_NOW = ("08", "40", "53", "55", "57", "58")
# SQLite's file is damaged, or is none of SQLite's.
_SPOILT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_QUEUE = select(func.pg_advisory_xact_lock(0x6661727374750002))


@dataclass(slots=True)
class _Running:
    """The transaction under way: whose it is, and whether something in it went wrong."""

    connection: AsyncConnection
    task: asyncio.Task[object] | None
    failed: bool = False


class SqlTransaction:
    """`linking.ports.Transaction` on an engine, and the connections of every SQL store.

    Where the database lets one writer in at a time, those of one process queue in order here, and
    meet other processes' writers in the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._writers = engine.writers
        self._readers = engine.readers
        self._snapshots = engine.snapshots
        self._one_writer = engine.one_writer
        self._turn = asyncio.Lock() if engine.one_writer else nullcontext()
        self._running: ContextVar[_Running | None] = ContextVar("running", default=None)

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[None]:
        """All or nothing. Joins the transaction under way, if any.

        Transactions of several steps queue in the database, whoever begins them: a step may rest
        on what an earlier one read, and no two lock the same rows in another order (ADR 0015).
        """
        begins = self._running.get() is None
        async with self.writing() as connection:
            if begins and not self._one_writer:
                await connection.execute(_QUEUE)
            yield

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose changes are committed at the end of the outermost transaction."""
        running = self._mine()
        if running is None:
            async with self._begun() as connection:
                yield connection
            return
        try:
            yield running.connection
        except BaseException:
            running.failed = True
            raise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection on which every statement sees what is committed; not for changes."""
        running = self._mine()
        if running is not None:
            yield running.connection
            return
        with _unavailable_when_unreachable():
            async with self._readers.connect() as connection:
                yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection on which all statements see one state; changes made on it are lost."""
        with _unavailable_when_unreachable():
            async with self._snapshots.connect() as connection:
                yield connection

    def _mine(self) -> _Running | None:
        """The transaction under way; a task that it started has no part in it."""
        running = self._running.get()
        if running is not None and running.task is not asyncio.current_task():
            raise RuntimeError("a transaction belongs to the task that began it")
        return running

    @asynccontextmanager
    async def _begun(self) -> AsyncIterator[AsyncConnection]:
        with _unavailable_when_unreachable():
            async with self._turn, self._writers.begin() as connection:
                running = _Running(connection, asyncio.current_task())
                token = self._running.set(running)
                try:
                    yield connection
                finally:
                    self._running.reset(token)
                if running.failed:
                    raise TransactionFailed


@contextmanager
def _unavailable_when_unreachable() -> Iterator[None]:
    """Turn the driver's ways of saying "locked", "gone" and "full" into the one that we promise."""
    try:
        yield
    except (PoolTimeout, OSError) as error:
        raise StorageUnavailable(detail=str(error)) from error
    except DBAPIError as error:
        if not _is_not_now(error):
            raise
        raise StorageUnavailable(detail=str(error)) from error


def _is_not_now(error: DBAPIError) -> bool:
    if error.connection_invalidated or isinstance(error, OperationalError | InterfaceError):
        return True
    if getattr(error.orig, "sqlite_errorcode", None) in _SPOILT:
        return True
    return str(getattr(error.orig, "sqlstate", None) or "").startswith(_NOT_NOW)
