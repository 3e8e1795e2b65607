"""Which worker publishes which ring (`broker.storage.key_ports.Workers`).

A worker that is heard of no more counts for longer than it uses what it has seen: when it is
forgotten it neither publishes nor signs. Rows of the long dead are deleted by whoever writes next.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, delete, select

from broker.storage.sql.connection import Connection
from broker.storage.sql.revisions import database_time
from broker.storage.sql.tables import revision
from broker.storage.sql.tables_keys import workers
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert

COUNTED_FOR: Final = timedelta(seconds=30)
"""Since a worker was heard of: its lease, the time between two words of it, and as much again."""


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

    async def show(self, name: str, ring: int) -> None:
        async with self._transaction.writing() as connection:
            now = await database_time(connection, self._clock)
            row = insert(workers).values(name=name, ring=ring, heard_at=now)
            await connection.execute(
                row.on_conflict_do_update(
                    index_elements=[workers.c.name],
                    set_={"ring": row.excluded.ring, "heard_at": row.excluded.heard_at},
                )
            )
            dead = workers.c.heard_at <= now - self._counted_for
            await connection.execute(delete(workers).where(dead))

    async def leave(self, name: str) -> None:
        await self._transaction.change(delete(workers).where(workers.c.name == name))

    async def behind(self) -> Sequence[str]:
        async with self._transaction.reading() as connection:
            now_shown = (await connection.execute(select(revision.c.key_changes))).scalar_one()
            return await self._names(connection, showing_not=now_shown)

    async def alive(self) -> Sequence[str]:
        async with self._transaction.reading() as connection:
            return await self._names(connection, showing_not=None)

    async def _names(self, connection: Connection, *, showing_not: int | None) -> list[str]:
        c, now = workers.c, await database_time(connection, self._clock)
        which = c.heard_at > now - self._counted_for
        if showing_not is not None:
            which = and_(which, c.ring != showing_not)
        found = await connection.execute(select(c.name).where(which).order_by(c.name))
        return [row.name for row in found]
