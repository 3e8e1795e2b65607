"""The transient store on SQL (`broker.storage.ports.TransientStore`): the embedded default.

Nothing but time removes a tombstone. Expired rows are never returned; writes clear some of them
away now and then, and `purge` the rest.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert

from broker.storage.ports import Shelf, Taken, Tombstone
from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.connection import Connection
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.transient_tables import counters, values
from broker.storage.sql.types import Instant
from broker.storage.sql.upsert import Insert, insert

# Each hundredth write clears away more rows than a hundred writes can leave.
_SWEEP_EVERY: Final = 100
_SWEEP_AT_MOST: Final = 200

_NOW = bindparam("now", type_=Instant)
_IS_LIVE = and_(
    values.c.shelf == bindparam("on"), values.c.key == bindparam("at"), values.c.expires_at > _NOW
)
_GET = select(values.c.value).where(_IS_LIVE, not_(values.c.taken))
_LOOK = select(values.c.value, values.c.taken).where(_IS_LIVE).with_for_update()
_REMOVE = delete(values).where(_IS_LIVE, not_(values.c.taken))
_BURY = (
    update(values)
    .where(_IS_LIVE, not_(values.c.taken))
    .values(value=bindparam("mark"), taken=True, expires_at=bindparam("until", type_=Instant))
)
_SWAP = (
    update(values)
    .where(_IS_LIVE, not_(values.c.taken), values.c.value == bindparam("old"))
    .values(value=bindparam("new"))
)
_FORGET = delete(counters).where(
    counters.c.shelf == bindparam("on"), counters.c.key == bindparam("at")
)


def _nth_to_expire(table: Table) -> ScalarSelect[Any]:
    """Until when the oldest few have expired; nothing when none have."""
    expired = select(table.c.expires_at).where(table.c.expires_at <= _NOW)
    oldest = expired.order_by(table.c.expires_at).limit(_SWEEP_AT_MOST).subquery()
    return select(func.max(oldest.c.expires_at)).scalar_subquery()


_SWEEPS = [
    delete(table).where(table.c.expires_at <= _nth_to_expire(table)) for table in (values, counters)
]


def _store(*, over: ColumnElement[bool]) -> Insert:
    """Insert a value; replace an existing row only where `over` says so."""
    attempt = insert(values)
    return attempt.on_conflict_do_update(
        index_elements=[values.c.shelf, values.c.key],
        set_={
            "value": attempt.excluded.value,
            "taken": attempt.excluded.taken,
            "expires_at": attempt.excluded.expires_at,
        },
        where=over,
    )


def _hit() -> ReturningInsert[Any]:
    """Add one to a counter, or begin it anew where its window is over."""
    attempt = insert(counters)
    is_over = counters.c.expires_at <= _NOW
    return attempt.on_conflict_do_update(
        index_elements=[counters.c.shelf, counters.c.key],
        set_={
            "hits": case((is_over, 1), else_=counters.c.hits + 1),
            "expires_at": case((is_over, attempt.excluded.expires_at), else_=counters.c.expires_at),
        },
    ).returning(counters.c.hits)


_ADD = _store(over=values.c.expires_at <= _NOW)
_PUT = _store(over=or_(values.c.expires_at <= _NOW, not_(values.c.taken)))
_HIT = _hit()


class SqlTransientStore:
    """`TransientStore` on SQL, by an injected clock."""

    def __init__(self, transaction: SqlTransaction, *, clock: Callable[[], datetime]) -> None:
        self._transaction = transaction
        self._clock = clock
        self._writes = 0

    async def put(self, shelf: Shelf, key: bytes, value: bytes, *, ttl: timedelta) -> None:
        """A live tombstone stays."""
        await self._store(_PUT, shelf, key, value, ttl)

    async def add(self, shelf: Shelf, key: bytes, value: bytes, *, ttl: timedelta) -> bool:
        return await self._store(_ADD, shelf, key, value, ttl) == 1

    async def get(self, shelf: Shelf, key: bytes) -> bytes | None:
        found = await self._transaction.ask(_GET, self._at(shelf, key))
        value: bytes | None = found.scalar_one_or_none()
        return value

    async def take(
        self, shelf: Shelf, key: bytes, *, mark: bytes | None = None, ttl: timedelta | None = None
    ) -> Taken | Tombstone | None:
        if (mark is None) != (ttl is None):
            raise ValueError("a mark and its time to live go together")
        place = self._at(shelf, key)
        async with self._transaction.writing() as connection:
            row = (await connection.execute(_LOOK, place)).one_or_none()
            if row is None:
                return None
            if row.taken:
                return Tombstone(row.value)
            if mark is None or ttl is None:
                await connection.execute(_REMOVE, place)
            else:
                until = self._clock() + ttl
                await connection.execute(_BURY, {**place, "mark": mark, "until": until})
        return Taken(row.value)

    async def swap(self, shelf: Shelf, key: bytes, *, old: bytes, new: bytes) -> bool:
        change = {**self._at(shelf, key), "old": old, "new": new}
        return (await self._transaction.change(_SWAP, change)).rowcount == 1

    async def count(self, shelf: Shelf, key: bytes, *, window: timedelta) -> int:
        now = self._clock()
        hit = {"shelf": shelf, "key": key, "hits": 1, "expires_at": now + window, "now": now}
        async with self._transaction.writing() as connection:
            hits: int = (await connection.execute(_HIT, hit)).scalar_one()
            await self._sweep_sometimes(connection)
        return hits

    async def drop(self, shelf: Shelf, key: bytes) -> None:
        place = self._at(shelf, key)
        async with self._transaction.writing() as connection:
            await connection.execute(_REMOVE, place)
            await connection.execute(_FORGET, {"on": shelf, "at": key})

    async def purge(self, now: datetime) -> int:
        """Delete what has expired; how many values and counters."""
        return sum(
            [
                await delete_in_batches(
                    self._transaction, table, table.c.expires_at <= now, by=table.c.expires_at
                )
                for table in (values, counters)
            ]
        )

    async def _store(
        self, statement: Insert, shelf: Shelf, key: bytes, value: bytes, ttl: timedelta
    ) -> int:
        now = self._clock()
        row = {"shelf": shelf, "key": key, "value": value, "taken": False}
        async with self._transaction.writing() as connection:
            stored = await connection.execute(
                statement, {**row, "expires_at": now + ttl, "now": now}
            )
            await self._sweep_sometimes(connection)
        return stored.rowcount

    async def _sweep_sometimes(self, connection: Connection) -> None:
        self._writes += 1
        if self._writes % _SWEEP_EVERY == 0:
            for sweep in _SWEEPS:
                await connection.execute(sweep, {"now": self._clock()})

    def _at(self, shelf: Shelf, key: bytes) -> dict[str, object]:
        return {"on": shelf, "at": key, "now": self._clock()}
