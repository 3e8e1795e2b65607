"""The revision row (`broker.storage.ports.Revisions`), which workers poll.

A change of keys or clients counts it up in the same transaction: whoever sees the new number sees
the change.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sqlalchemy import Select, func, literal, select, update

from broker.storage.ports import Revision
from broker.storage.sql.connection import Connection
from broker.storage.sql.tables import revision
from broker.storage.sql.transaction import SqlTransaction

_READ: Final = select(revision.c.key_changes, revision.c.client_changes)

_SECONDS: Final = select(func.extract("epoch", func.clock_timestamp()))

_COUNTERS: Final = {"keys": revision.c.key_changes, "clients": revision.c.client_changes}


async def count_up(connection: Connection, what: Literal["keys", "clients"]) -> None:
    """Say that this was changed."""
    counter = _COUNTERS[what]
    await connection.execute(update(revision).values({counter: counter + 1}))


async def database_time(connection: Connection, clock: Callable[[], datetime]) -> datetime:
    """The database's clock, which all machines share; SQLite has none but this machine's."""
    if connection.dialect.name != "postgresql":
        return clock()
    seconds = (await connection.execute(_SECONDS)).scalar_one()
    return datetime.fromtimestamp(float(seconds), UTC)


class SqlRevisions:
    """`Revisions` on SQL. SQLite has no clock but this machine's, so ours is returned there."""

    def __init__(self, transaction: SqlTransaction, *, clock: Callable[[], datetime]) -> None:
        self._transaction = transaction
        self._clock = clock

    async def read(self) -> Revision:
        async with self._transaction.reading() as connection:
            has_clock = connection.dialect.name == "postgresql"
            query: Select[Any] = _READ.add_columns(
                func.extract("epoch", func.clock_timestamp()) if has_clock else literal(0)
            )
            keys, clients, seconds = (await connection.execute(query)).one()
        clock = datetime.fromtimestamp(float(seconds), UTC) if has_clock else self._clock()
        return Revision(keys, clients, clock)
