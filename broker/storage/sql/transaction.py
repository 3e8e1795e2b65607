"""Transactions: one connection for everything that is done within `async with transaction():`.

A durable verb asks for a connection to write or to read. Within a transaction it gets that
transaction's connection; outside it gets one of its own, for that verb alone. A task holds at
most one connection at a time.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from broker.storage.errors import StorageUnavailable, TransactionFailed


@dataclass(slots=True)
class _Running:
    """The transaction under way: whose it is, and whether something in it went wrong."""

    connection: AsyncConnection
    task: asyncio.Task[object] | None
    failed: bool = False


class SqlTransaction:
    """`linking.ports.Transaction` on an engine, and the connections of every SQL store.

    Writers of one process queue in order here, and meet other processes' writers in the database.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._writers = engine
        self._readers = engine.execution_options(read_only=True)
        self._turn = asyncio.Lock()
        self._running: ContextVar[_Running | None] = ContextVar("running", default=None)

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[None]:
        """All or nothing. Joins the transaction under way, if any."""
        async with self.writing():
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
        """A connection that sees one state of the database; changes made on it are lost."""
        running = self._mine()
        if running is not None:
            yield running.connection
            return
        with _unavailable_when_unreachable():
            async with self._readers.connect() as connection:
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
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise StorageUnavailable(detail=str(error)) from error
