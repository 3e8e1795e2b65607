"""SQLite as a database: a file, or memory.

Write-ahead log, foreign keys, a busy time-out, and transactions begun by us with `BEGIN IMMEDIATE`.
Left alone, the driver begins one at the first write, after the read that the write was based on,
and two processes overwrite each other. One connection writes, others read; each has a thread of its
own (aiosqlite), so no disk ever holds up the loop.
"""

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import aiosqlite
from sqlalchemy import URL
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect

from broker.storage.errors import StatementRefused, StorageError, StorageUnavailable
from broker.storage.sql.connection import NOTHING, Connection
from broker.storage.sql.prepared_file import PRIMARY, prepare_file
from broker.storage.sql.result import Result
from broker.storage.sql.statements import Forms, Row, Statement, Values

# FULL: what was acknowledged (a revocation!) must be there after a power cut; in WAL, NORMAL may
# lose the last commits. NORMAL is for what may vanish: it makes nothing valid by its absence.
Synchronous = Literal["FULL", "NORMAL"]

# Longer than any batch that we write holds the lock.
_BUSY_SECONDS: Final = 10.0
# They mostly find their page in memory: one reads while another waits for the disk.
_READERS: Final = 2
# The file is damaged, or is none of SQLite's.
_SPOILT: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
# Beside SQLite's own: an integer of more than 64 bits, text that is no UTF-8, a closed connection.
_FAILURES: Final = (sqlite3.Error, OverflowError, ValueError)
_FORMS: Final = Forms(sqlite.dialect())


@dataclass(frozen=True, slots=True)
class SqliteConnection:
    """`Connection` on aiosqlite; every statement is one visit to the connection's thread."""

    driver: aiosqlite.Connection

    @property
    def dialect(self) -> Dialect:
        return _FORMS.dialect

    async def execute(self, statement: Statement, values: Values = NOTHING) -> Result:
        form = _FORMS.of(statement, values)
        bound = form.bound(values)
        try:
            if not form.returns_rows:
                return Result((await self.driver.execute(form.sql, bound)).rowcount)
            found = await self.driver.execute_fetchall(form.sql, bound)
        except _FAILURES as error:
            raise _told(error) from None
        rows = form.rows(found)
        return Result(len(rows), rows)

    async def execute_each(self, statement: Statement, values: Sequence[Values]) -> None:
        form = _FORMS.of(statement, values[0])
        await self.execute_many(form.sql, [form.bound(each) for each in values])

    async def execute_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        try:
            await self.driver.executemany(sql, rows)
        except _FAILURES as error:
            raise _told(error) from None

    async def copy(
        self,
        table: str,  # noqa: ARG002
        columns: Sequence[str],  # noqa: ARG002
        rows: Sequence[Sequence[object]],  # noqa: ARG002
    ) -> bool:
        """There is no such way here, and no need: `execute_many` leaves the process once."""
        return False

    async def pages(self, statement: Statement, *, size: int) -> AsyncIterator[list[Row]]:
        form = _FORMS.of(statement, ())
        try:
            async with self.driver.execute(form.sql, form.bound(NOTHING)) as cursor:
                while rows := form.rows(await cursor.fetchmany(size)):
                    yield rows
        except _FAILURES as error:
            raise _told(error) from None

    async def say(self, sql: str) -> None:
        """Begin, end, set up."""
        try:
            await self.driver.execute(sql)
        except _FAILURES as error:
            raise _told(error) from None


class Sqlite:
    """`Database` on one file, or on a memory that its name leads to.

    In memory there is one connection, which all users queue for: a second one would need SQLite's
    shared-cache locking, which knows no busy time-out.
    """

    one_writer = True

    def __init__(self, name: str, *, synchronous: Synchronous, in_memory: bool = False) -> None:
        self.name = name
        self._synchronous = synchronous
        self._in_memory = in_memory
        self._turn = asyncio.Lock()
        self._opening = asyncio.Lock()
        self._writer: SqliteConnection | None = None
        self._readers: list[SqliteConnection] = []
        self._asked = 0
        self._closed = False
        # Idle, but it keeps the contents when a cancelled task costs us the other one.
        self._keepalive = sqlite3.connect(name, uri=True) if in_memory else None

    @property
    def address(self) -> URL:
        if not self._in_memory:
            return URL.create("sqlite+aiosqlite", database=self.name)
        name, _, _ = self.name.partition("?")
        query = {"mode": "memory", "cache": "shared", "uri": "true"}
        return URL.create("sqlite+aiosqlite", database=name, query=query)

    @property
    def how_to_connect(self) -> dict[str, Any]:
        return {"timeout": _BUSY_SECONDS, "isolation_level": None}

    def told(self, error: Exception) -> StorageError:
        return _told(error)

    async def ask(self, statement: Statement, values: Values) -> Result:
        if self._in_memory:
            return await self.change(statement, values)
        return await (await self._next_reader()).execute(statement, values)

    async def change(self, statement: Statement, values: Values) -> Result:
        async with self._turn:
            return await (await self._the_writer()).execute(statement, values)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        if self._in_memory:
            async with self._turn:
                yield await self._the_writer()
        else:
            yield await self._next_reader()

    @asynccontextmanager
    async def writing(self, *, queued: bool) -> AsyncIterator[Connection]:  # noqa: ARG002 - all are
        async with self._turn:
            connection = await self._the_writer()
            try:
                await connection.say("BEGIN IMMEDIATE")
                yield connection
                await connection.say("COMMIT")
            except BaseException:
                await asyncio.shield(self._undo(connection))
                raise

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Connection]:
        if self._in_memory:
            async with self._turn:
                connection = await self._the_writer()
                try:
                    await connection.say("BEGIN")
                    yield connection
                finally:
                    await asyncio.shield(self._undo(connection))
            return
        connection = await self._open()
        try:
            await connection.say("BEGIN")
            yield connection
        finally:
            await connection.driver.close()

    async def close(self) -> None:
        """A database in memory is gone then; whoever is not done yet finds it unavailable."""
        self._closed = True
        writer = [] if self._writer is None else [self._writer]
        for each in (*writer, *self._readers):
            await each.driver.close()
        if self._keepalive is not None:
            self._keepalive.close()

    async def _the_writer(self) -> SqliteConnection:
        """Opened when it is first needed; only whoever has the turn asks."""
        if self._writer is None:
            self._writer = await self._open()
        return self._writer

    async def _next_reader(self) -> SqliteConnection:
        if len(self._readers) < _READERS:
            async with self._opening:
                while len(self._readers) < _READERS:
                    self._readers.append(await self._open("PRAGMA query_only=ON"))
        self._asked += 1
        return self._readers[self._asked % _READERS]

    async def _open(self, *pragmas: str) -> SqliteConnection:
        if self._closed:
            raise StorageUnavailable(detail="closed")
        driver = aiosqlite.connect(
            self.name, timeout=_BUSY_SECONDS, isolation_level=None, uri=self._in_memory
        )
        # A process that ends without closing it must end all the same; SQLite recovers.
        driver._thread.daemon = True  # noqa: SLF001 - there is no other way to say so
        try:
            await driver
        except sqlite3.Error as error:
            raise _told(error) from None
        connection = SqliteConnection(driver)
        always = ("PRAGMA foreign_keys=ON", f"PRAGMA synchronous={self._synchronous}")
        try:
            for pragma in (*always, *pragmas):
                await connection.say(pragma)
        except BaseException:
            await asyncio.shield(driver.close())
            raise
        return connection

    async def _undo(self, connection: SqliteConnection) -> None:
        """Roll back; there may be nothing to. A connection that cannot is not used again.

        One visit to the thread, asked for before the turn can pass on: who is cancelled twice does
        not wait for it, and the next in turn comes after it all the same.
        """
        try:
            await connection.driver.rollback()
        except _FAILURES:
            if self._writer is connection:
                self._writer = None
            with suppress(*_FAILURES):
                await connection.driver.close()


def open_file(path: Path, *, synchronous: Synchronous) -> Sqlite:
    """Open this file; it is made readable for its owner only.

    Raises `StorageUnavailable` when it cannot be created, or is no database.
    """
    prepare_file(path, busy_seconds=_BUSY_SECONDS)
    return Sqlite(str(path), synchronous=synchronous)


def open_memory() -> Sqlite:
    """A database that is gone when it is closed."""
    name = f"file:farstu-{secrets.token_hex(8)}?mode=memory&cache=shared"
    return Sqlite(name, synchronous="FULL", in_memory=True)


def _told(error: Exception) -> StorageError:
    """What the driver means. SQLite's messages name tables and columns, never a value.

    What has no code of SQLite's is Python's own, and may quote one.
    """
    name = type(error).__name__
    if isinstance(error, OverflowError | UnicodeError):
        return StatementRefused(detail=name)
    if not isinstance(error, sqlite3.Error):
        return StorageUnavailable(detail="closed")
    code = getattr(error, "sqlite_errorcode", 0)
    said = str(error) if code else name
    if isinstance(error, sqlite3.OperationalError) or code & PRIMARY in _SPOILT:
        return StorageUnavailable(detail=said)
    return StatementRefused(detail=f"{name}: {said}" if code else name)
