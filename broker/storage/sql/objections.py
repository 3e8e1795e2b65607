"""What can be said no to (`linking.newcomers.ports.ObjectionStore`).

A token is kept as its hash only; in clear it exists in a sealed message, until that has left.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select, update

from broker.storage.retention import Retention
from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.result import Result
from broker.storage.sql.statements import Row
from broker.storage.sql.tables import customers
from broker.storage.sql.tables_not_me import objections
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert
from linking.model import Customer, CustomerId, LinkId
from linking.newcomers.ports import ConnectionId, Objection

_TAG_BYTES = 32


class SqlObjectionStore:
    """`ObjectionStore` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def make(self, objection: Objection, *, token_hash: bytes | None) -> None:
        await self._transaction.change(
            insert(objections).values(
                connection=objection.connection,
                customer=objection.customer.id,
                papers=b"".join(objection.papers),
                token_hash=token_hash,
                made_at=objection.made_at,
                said_at=objection.said_at,
                told_at=objection.told_at,
            )
        )

    async def remind(
        self, connection: ConnectionId, *, token_hash: bytes | None, at: datetime
    ) -> bool:
        c = objections.c
        reminded = await self._transaction.change(
            update(objections)
            .where(c.connection == connection, c.said_at.is_(None), c.told_again_at.is_(None))
            .values(told_again_at=at, token_hash_again=token_hash)
        )
        return reminded.rowcount == 1

    async def told(self, customer: CustomerId, *, since: datetime) -> int:
        c = objections.c
        times = [
            func.count(case((column > since, column))) for column in (c.told_at, c.told_again_at)
        ]
        query = select(sum(times[1:], times[0])).where(c.customer == customer)
        told: int = (await self._transaction.ask(query)).scalar_one()
        return told

    async def untold(
        self, customer: CustomerId, *, since: datetime, now: datetime
    ) -> Sequence[Objection]:
        c = objections.c
        return await self._all(
            (c.customer == customer)
            & (c.made_at >= since)
            & c.told_at.is_(None)
            & (c.told_again_at.is_(None) | (c.told_again_at > now))
            & c.said_at.is_(None)
        )

    async def of_token(self, token_hash: bytes) -> Objection | None:
        c = objections.c
        is_it = or_(c.token_hash == token_hash, c.token_hash_again == token_hash)
        row = next(iter(await self._rows(is_it)), None)
        if row is None:
            return None
        is_first = row.token_hash == token_hash
        return replace(_objection(row), told_at=row.told_at if is_first else row.told_again_at)

    async def of_connection(self, connection: ConnectionId) -> Objection | None:
        return next(iter(await self._all(objections.c.connection == connection)), None)

    async def say(self, connection: ConnectionId, *, at: datetime) -> bool:
        said = await self._transaction.change(
            update(objections)
            .where(objections.c.connection == connection, objections.c.said_at.is_(None))
            .values(said_at=at)
        )
        return said.rowcount == 1

    async def purge(self, now: datetime, kept: Retention) -> int:
        """Delete those of connections that were made so long ago; how many."""
        is_old = objections.c.made_at <= now - kept.ended_links
        return await delete_in_batches(
            self._transaction, objections, is_old, by=objections.c.made_at
        )

    async def _all(self, which: ColumnElement[bool]) -> Sequence[Objection]:
        return [_objection(row) for row in await self._rows(which)]

    async def _rows(self, which: ColumnElement[bool]) -> Result:
        query = (
            select(objections, customers.c.company, customers.c.number)
            .join(customers, customers.c.id == objections.c.customer)
            .where(which)
        )
        return await self._transaction.ask(query)


def _objection(row: Row) -> Objection:
    return Objection(
        connection=LinkId(row.connection),
        customer=Customer(CustomerId(row.customer), row.company, row.number),
        papers=tuple(
            row.papers[start : start + _TAG_BYTES]
            for start in range(0, len(row.papers), _TAG_BYTES)
        ),
        made_at=row.made_at,
        said_at=row.said_at,
        told_at=row.told_again_at or row.told_at,
    )
