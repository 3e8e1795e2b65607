"""PostgreSQL as a database, through asyncpg and its pool.

Writers run in READ COMMITTED and lock the rows that they decide on; a statement by itself is one
round trip. A connection that the server has closed (a restart, an administrator) is noticed when it
is taken from the pool, without asking the server.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
from sqlalchemy import URL
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import Dialect

from broker.storage.errors import StatementRefused, StorageError, StorageUnavailable
from broker.storage.sql.connection import NOTHING, Connection
from broker.storage.sql.postgresql_address import encryption, socket_of
from broker.storage.sql.result import Result
from broker.storage.sql.statements import Forms, Row, Statement, Values

_CONNECT_SECONDS: Final = 5.0
_COMMAND_SECONDS: Final = 60.0
# A statement by itself, or the first of several: somebody waits. Longer than a lock may take.
_ANSWER_SECONDS: Final = 12.0
_POOL_SECONDS: Final = 10.0
_RELEASE_SECONDS: Final = 1.0
_ROLLBACK_SECONDS: Final = 5.0
# More than all statements that we have: none is prepared twice on a connection.
_STATEMENTS: Final = 400
_SESSION: Final = {
    "application_name": "farstu",
    # A worker that was stopped in mid-transaction must not keep others waiting for its rows.
    "idle_in_transaction_session_timeout": "30s",
    "lock_timeout": "10s",
    "timezone": "UTC",
}
_BEGIN: Final = "BEGIN ISOLATION LEVEL READ COMMITTED"
# Transactions of several steps take this first, so that they stand in one queue (ADR 0015).
_BEGIN_QUEUED: Final = f"{_BEGIN}; SELECT pg_advisory_xact_lock({0x6661727374750002})"
_BEGIN_SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ"
# SQLSTATEs that say: not now. Connection, a standby that takes no writes, a transaction that idled
# too long, transaction rollback (a deadlock), resources (a full disk), state (a lock not had in
# time), operator intervention (a restart), system.
_NOT_NOW: Final = ("08", "25006", "25P03", "40", "53", "55", "57", "58")
_FAILURES: Final = (
    asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError
)  # fmt: skip
_FORMS: Final = Forms(PGDialect_asyncpg())  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class PostgresConnection:
    """`Connection` on asyncpg."""

    driver: Any

    @property
    def dialect(self) -> Dialect:
        return _FORMS.dialect

    async def execute(self, statement: Statement, values: Values = NOTHING) -> Result:
        return await self.execute_within(None, statement, values)

    async def execute_within(
        self, seconds: float | None, statement: Statement, values: Values
    ) -> Result:
        """As `execute`; without a figure of its own a statement has as long as any may take."""
        form = _FORMS.of(statement, values)
        bound = form.bound(values)
        try:
            if form.returns_rows:
                rows = form.rows(await self.driver.fetch(form.sql, *bound, timeout=seconds))
                return Result(len(rows), rows)
            status: str = await self.driver.execute(form.sql, *bound, timeout=seconds)
        except _FAILURES as error:
            raise _told(error) from None
        # "INSERT 0 3", "UPDATE 3", "DELETE 3"
        return Result(int(status.rpartition(" ")[2]))

    async def execute_each(self, statement: Statement, values: Sequence[Values]) -> None:
        form = _FORMS.of(statement, values[0])
        await self.execute_many(form.sql, [form.bound(each) for each in values])

    async def execute_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        try:
            await self.driver.executemany(sql, rows)
        except _FAILURES as error:
            raise _told(error) from None

    async def copy(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]
    ) -> bool:
        await self.say("SAVEPOINT before_copy")
        try:
            await self.driver.copy_records_to_table(table, records=rows, columns=columns)
        except asyncpg.IntegrityConstraintViolationError:
            await self.say("ROLLBACK TO SAVEPOINT before_copy")
            return False
        except _FAILURES as error:
            raise _told(error) from None
        await self.say("RELEASE SAVEPOINT before_copy")
        return True

    async def pages(self, statement: Statement, *, size: int) -> AsyncIterator[list[Row]]:
        form = _FORMS.of(statement, ())
        try:
            cursor = await self.driver.cursor(form.sql, *form.bound(NOTHING))
            while rows := form.rows(await cursor.fetch(size)):
                yield rows
        except _FAILURES as error:
            raise _told(error) from None

    async def say(self, sql: str, *, seconds: float | None = None) -> str:
        """Begin, end; what the server says to it."""
        try:
            return str(await self.driver.execute(sql, timeout=seconds))
        except _FAILURES as error:
            raise _told(error) from None


class Postgres:
    """`Database` on a pool of connections; connects when it is first asked for something."""

    one_writer = False

    def __init__(self, url: URL, *, connections: int) -> None:
        self._url = url
        self._encryption = encryption(url)
        self._connections = connections
        self._pool: Any = None

    @property
    def address(self) -> URL:
        return self._url.set(drivername="postgresql+asyncpg", query=socket_of(self._url))

    @property
    def how_to_connect(self) -> dict[str, Any]:
        return {
            "timeout": _CONNECT_SECONDS,
            "command_timeout": _COMMAND_SECONDS,
            "ssl": self._encryption,
            "server_settings": _SESSION,
        }

    def told(self, error: Exception) -> StorageError:
        return _told(error)

    async def ask(self, statement: Statement, values: Values) -> Result:
        driver = await self._borrow()
        try:
            connection = PostgresConnection(driver)
            return await connection.execute_within(_ANSWER_SECONDS, statement, values)
        finally:
            await self._give_back(driver)

    async def change(self, statement: Statement, values: Values) -> Result:
        return await self.ask(statement, values)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        async with self._borrowed() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, *, queued: bool) -> AsyncIterator[Connection]:
        async with self._borrowed() as connection, _begun(connection, queued=queued):
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Connection]:
        async with self._borrowed() as connection:
            try:
                await connection.say(_BEGIN_SNAPSHOT)
                yield connection
            finally:
                await _roll_back(connection)

    async def close(self) -> None:
        """Close every connection."""
        if self._pool is not None:
            self._pool.terminate()

    @asynccontextmanager
    async def _borrowed(self) -> AsyncIterator[PostgresConnection]:
        driver = await self._borrow()
        try:
            yield PostgresConnection(driver)
        finally:
            await self._give_back(driver)

    async def _borrow(self) -> Any:
        try:
            pool = self._pool or await self._opened()
            # Waiting has an end; where nobody need wait, its timer is spared.
            seconds = None if pool.get_idle_size() else _POOL_SECONDS
            return await pool.acquire(timeout=seconds)
        except _FAILURES as error:
            # Whatever keeps us out (a wrong password, no such database) may be mended there.
            raise StorageUnavailable(detail=str(error) or type(error).__name__) from None

    async def _give_back(self, driver: Any) -> None:
        """One that cannot be used again is thrown away by the pool, which need not be said."""
        with suppress(*_FAILURES):
            await self._pool.release(driver, timeout=_RELEASE_SECONDS)

    async def _opened(self) -> Any:
        if self._pool is None:
            url = self._url
            self._pool = await asyncpg.create_pool(
                host=socket_of(url).get("host", url.host),
                port=url.port,
                user=url.username,
                password=url.password,
                database=url.database,
                min_size=0,
                max_size=self._connections,
                statement_cache_size=_STATEMENTS,
                reset=_nothing_to_reset,
                **self.how_to_connect,
            )
        return self._pool


async def _nothing_to_reset(_connection: object) -> None:
    """We set nothing on a connection, and end our transactions: spares a round trip each time."""


@asynccontextmanager
async def _begun(connection: PostgresConnection, *, queued: bool) -> AsyncIterator[None]:
    try:
        begin = _BEGIN_QUEUED if queued else _BEGIN
        await connection.say(begin, seconds=_ANSWER_SECONDS)
        yield
        await _commit(connection)
    except BaseException:
        await _roll_back(connection)
        raise


async def _commit(connection: PostgresConnection) -> None:
    """A transaction in which a statement failed is rolled back instead, and says so only here."""
    if await connection.say("COMMIT") != "COMMIT":
        raise StatementRefused(detail="the transaction was rolled back")


async def _roll_back(connection: PostgresConnection) -> None:
    """Never says that it failed: what it failed after is what the caller must know.

    Asked of the server even where the driver knows of no transaction, since a BEGIN that was
    cancelled is under way. A connection that cannot is thrown away, and the server rolls back.
    """
    is_over = False
    try:
        with suppress(StorageError):
            await connection.say("ROLLBACK", seconds=_ROLLBACK_SECONDS)
            is_over = True
    finally:
        if not is_over:
            with suppress(asyncpg.InterfaceError):  # the pool may have noticed before us
                connection.driver.terminate()


def _told(error: Exception) -> StorageError:
    """What the driver means, without its text where that may quote a value."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        if state.startswith(_NOT_NOW):
            return StorageUnavailable(detail=str(error))
        return StatementRefused(detail=f"{type(error).__name__} {state}")
    if isinstance(error, asyncpg.DataError):
        return StatementRefused(detail=type(error).__name__)
    return StorageUnavailable(detail=str(error) or type(error).__name__)
