"""Which worker publishes which ring (`broker.storage.key_ports.Workers`).

A worker that is heard of no more counts for longer than it uses what it has seen: when it is
forgotten it neither publishes nor signs. Nor does one count that was heard of in the future: the
database's clock was set back, and whoever lives says so again at once. Rows that do not count are
deleted by whoever writes next.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, not_, select

from broker.storage.sql.connection import Connection
from broker.storage.sql.revisions import database_time
from broker.storage.sql.tables import revision
from broker.storage.sql.tables_keys import workers
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert

COUNTED_FOR: Final = timedelta(seconds=30)
"""Since a worker was heard of: its lease, the time between two words of it, and as much again."""
AHEAD_AT_MOST: Final = timedelta(seconds=5)
"""What a row may be in the future: clocks are set back by as much while somebody lives."""


class SqlWorkers:
    """`Workers` on SQL."""

    def __init__(
        self,
        transaction: SqlTransaction,
        *,
        clock: Callable[[], datetime],
        counted_for: timedelta = COUNTED_FOR,
    ) -> None:
        self._transaction = transaction
        self._clock = clock
        self._counted_for = counted_for

    async def show(self, name: str, ring: int, masters: Sequence[str] = ()) -> None:
        async with self._transaction.writing() as connection:
            now = await database_time(connection, self._clock)
            said = {"ring": ring, "heard_at": now, "masters": tuple(masters)}
            row = insert(workers).values(name=name, **said)
            await connection.execute(
                row.on_conflict_do_update(
                    index_elements=[workers.c.name],
                    set_={each: row.excluded[each] for each in said},
                )
            )
            await connection.execute(delete(workers).where(not_(self._counts(now))))

    async def leave(self, name: str) -> None:
        await self._transaction.change(delete(workers).where(workers.c.name == name))

    async def behind(self) -> Sequence[str]:
        async with self._transaction.reading() as connection:
            now_shown = (await connection.execute(select(revision.c.key_changes))).scalar_one()
            return await self._names(connection, workers.c.ring != now_shown)

    async def time(self) -> datetime:
        async with self._transaction.reading() as connection:
            return await database_time(connection, self._clock)

    async def alive(self) -> Sequence[str]:
        async with self._transaction.reading() as connection:
            return await self._names(connection)

    async def without(self, master: str) -> Sequence[str]:
        async with self._transaction.reading() as connection:
            now, c = await database_time(connection, self._clock), workers.c
            query = select(c.name, c.masters).where(self._counts(now)).order_by(c.name)
            found = await connection.execute(query)
            return [row.name for row in found if master not in row.masters]

    async def _names(self, connection: Connection, *which: ColumnElement[bool]) -> list[str]:
        now, c = await database_time(connection, self._clock), workers.c
        query = select(c.name).where(self._counts(now), *which).order_by(c.name)
        return [row.name for row in await connection.execute(query)]

    def _counts(self, now: datetime) -> ColumnElement[bool]:
        heard_at = workers.c.heard_at
        return and_(heard_at > now - self._counted_for, heard_at <= now + AHEAD_AT_MOST)
