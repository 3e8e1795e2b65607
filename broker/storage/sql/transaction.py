"""Transactions: one connection for everything that is done within `async with transaction():`.

A durable verb asks or changes by one statement, or takes a connection for several. Within a
transaction all of them use that transaction's connection; outside it, one of their own. A task
holds at most one connection at a time.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from broker.storage.errors import TransactionFailed
from broker.storage.sql.connection import NOTHING, Connection, Database
from broker.storage.sql.result import Result
from broker.storage.sql.statements import Statement, Values


@dataclass(slots=True)
class _Running:
    """The transaction under way: whose it is, and whether something in it went wrong."""

    connection: Connection
    task: asyncio.Task[object] | None
    failed: bool = False

    @contextmanager
    def watched(self) -> Iterator[Connection]:
        try:
            yield self.connection
        except BaseException:
            self.failed = True
            raise


class SqlTransaction:
    """`linking.ports.Transaction` on a database, and the connections of every SQL store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._running: ContextVar[_Running | None] = ContextVar("running", default=None)

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[None]:
        """All or nothing. Joins the transaction under way, if any.

        Transactions of several steps queue in the database, whoever begins them: a step may rest
        on what an earlier one read, and no two lock the same rows in another order (ADR 0015).
        """
        running = self._mine()
        if running is None:
            async with self._begun(queued=True):
                yield
        else:
            with running.watched():
                yield

    async def ask(self, statement: Statement, values: Values = NOTHING) -> Result:
        """One statement that changes nothing."""
        running = self._mine()
        if running is None:
            return await self._database.ask(statement, values)
        with running.watched() as connection:
            return await connection.execute(statement, values)

    async def change(self, statement: Statement, values: Values = NOTHING) -> Result:
        """One statement that changes something: all of it or nothing."""
        running = self._mine()
        if running is None:
            return await self._database.change(statement, values)
        with running.watched() as connection:
            return await connection.execute(statement, values)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """A connection whose changes are committed at the end of the outermost transaction."""
        running = self._mine()
        if running is None:
            async with self._begun(queued=False) as connection:
                yield connection
        else:
            with running.watched() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A connection on which every statement sees what is committed; not for changes."""
        running = self._mine()
        if running is not None:
            with running.watched() as connection:
                yield connection
            return
        async with self._database.reading() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Connection]:
        """A connection on which all statements see one state; changes made on it are lost."""
        async with self._database.snapshot() as connection:
            yield connection

    def _mine(self) -> _Running | None:
        """The transaction under way; a task that it started has no part in it."""
        running = self._running.get()
        if running is not None and running.task is not asyncio.current_task():
            raise RuntimeError("a transaction belongs to the task that began it")
        return running

    @asynccontextmanager
    async def _begun(self, *, queued: bool) -> AsyncIterator[Connection]:
        async with self._database.writing(queued=queued) as connection:
            running = _Running(connection, asyncio.current_task())
            token = self._running.set(running)
            try:
                yield connection
            finally:
                self._running.reset(token)
            if running.failed:
                raise TransactionFailed
