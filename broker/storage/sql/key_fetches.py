"""Who has fetched the JWK Set (`broker.storage.key_ports.KeyFetches`).

Anybody may fetch, under any name. When there are too many names, a new one takes the place of the
one that was seen longest ago, of those that are no regulars. A crowd may be regular too, so names
of services that are registered always find room, and give way to nobody.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Update, delete, select, update

from broker.storage.key_ports import Fetches
from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.connection import Connection
from broker.storage.sql.statements import Row
from broker.storage.sql.tables_keys import key_fetches
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert

AT_MOST: Final = 1_000
"""Consumers; an installation has some tens."""

KEPT: Final = timedelta(days=30)
"""Since the last fetch."""


class SqlKeyFetches:
    """`KeyFetches` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def note(self, fetches: Sequence[Fetches], *, registered: Collection[str] = ()) -> None:
        async with self._transaction.writing() as connection:
            in_turn = select(key_fetches).order_by(key_fetches.c.consumer).with_for_update()
            rows = await connection.execute(in_turn)
            known = {row.consumer: _fetches(row) for row in rows}
            for each in sorted(fetches, key=lambda each: each.consumer):
                before = known.get(each.consumer)
                if before is not None:
                    await connection.execute(_change(together(before, each)))
                elif await _has_room(connection, known, each, registered):
                    known[each.consumer] = each
                    row = insert(key_fetches).values(consumer=each.consumer, **_values(each))
                    await connection.execute(
                        row.on_conflict_do_nothing(index_elements=[key_fetches.c.consumer])
                    )

    async def all(self) -> Sequence[Fetches]:
        query = select(key_fetches).order_by(key_fetches.c.last_at.desc(), key_fetches.c.consumer)
        return [_fetches(row) for row in await self._transaction.ask(query)]

    async def purge(self, now: datetime) -> int:
        is_old = key_fetches.c.last_at <= now - KEPT
        return await delete_in_batches(
            self._transaction, key_fetches, is_old, by=key_fetches.c.last_at
        )


async def _has_room(
    connection: Connection, known: dict[str, Fetches], new: Fetches, registered: Collection[str]
) -> bool:
    """Make some, where it can be made."""
    if len(known) < AT_MOST:
        return True
    is_registered = new.consumer in registered
    others = [each for each in known.values() if each.consumer not in registered]
    giving_way = [each for each in others if not each.is_regular]
    if not giving_way and is_registered:
        giving_way = others
    if not giving_way:
        return is_registered  # as many as the configuration has, whatever that is
    gone = min(giving_way, key=lambda each: (each.last_at, each.consumer)).consumer
    await connection.execute(delete(key_fetches).where(key_fetches.c.consumer == gone))
    del known[gone]
    return True


def together(before: Fetches, after: Fetches) -> Fetches:
    """What both say of one consumer; several workers tell of overlapping times."""
    between = max(after.first_at - before.last_at, timedelta(0))
    gaps = [each for each in (before.longest, after.longest, between) if each is not None]
    return Fetches(
        consumer=before.consumer,
        count=before.count + after.count,
        first_at=min(before.first_at, after.first_at),
        last_at=max(before.last_at, after.last_at),
        longest=max(gaps),
    )


def _change(fetches: Fetches) -> Update:
    c = key_fetches.c
    return update(key_fetches).where(c.consumer == fetches.consumer).values(_values(fetches))


def _values(fetches: Fetches) -> dict[str, object]:
    return {
        "count": fetches.count,
        "first_at": fetches.first_at,
        "last_at": fetches.last_at,
        "longest": fetches.longest,
    }


def _fetches(row: Row) -> Fetches:
    return Fetches(row.consumer, row.count, row.first_at, row.last_at, row.longest)
