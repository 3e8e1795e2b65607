"""Who may act for which customer (`linking.ports.DelegationStore`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, literal, or_, select, update

from broker.storage.retention import Retention
from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.connection import NOTHING
from broker.storage.sql.statements import Row, Values
from broker.storage.sql.tables import customers, delegations
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.types import Instant
from broker.storage.sql.upsert import insert
from linking.model import (
    Customer,
    CustomerId,
    Delegation,
    DelegationId,
    Granularity,
    PersonId,
    Proof,
)


class SqlDelegationStore:
    """`DelegationStore` on SQL. What was replaced or ended stays as history."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def create(self, delegation: Delegation) -> Delegation:
        same = and_(
            delegations.c.delegate == delegation.delegate,
            delegations.c.customer == delegation.customer.id,
            delegations.c.basis == delegation.basis,
            delegations.c.ended_at.is_(None),
        )
        replace = (
            update(delegations)
            .where(same)
            .values(ended_at=delegation.started_at, end_reason="replaced")
        )
        store = insert(delegations).values(
            id=delegation.id,
            delegate=delegation.delegate,
            customer=delegation.customer.id,
            basis=delegation.basis,
            actions=delegation.actions,
            facilities=delegation.facilities,
            granularity=delegation.granularity,
            history_from=delegation.history_from,
            started_at=delegation.started_at,
            expires_at=delegation.expires_at,
        )
        async with self._transaction.writing() as connection:
            await connection.execute(replace)
            await connection.execute(store)
        return delegation

    async def find(self, delegation: DelegationId, *, now: datetime) -> Delegation | None:
        found = await self._delegations(_live(_at(now)).where(delegations.c.id == delegation))
        return next(iter(found), None)

    async def of_delegate(self, person: PersonId, *, now: datetime) -> Sequence[Delegation]:
        """Oldest first."""
        return await self._delegations(_OF_DELEGATE, {"person": person, "now": now})

    async def of_customers(
        self, company: str, numbers: Sequence[str], *, now: datetime
    ) -> Sequence[Delegation]:
        """At most 500 numbers a call."""
        of_them = and_(customers.c.company == company, customers.c.number.in_(numbers))
        return await self._delegations(_live(_at(now)).where(of_them))

    async def end(self, delegation: DelegationId, *, at: datetime, reason: str) -> bool:
        """False if it was ended before."""
        ended = await self._transaction.change(
            update(delegations)
            .where(delegations.c.id == delegation, delegations.c.ended_at.is_(None))
            .values(ended_at=at, end_reason=reason)
        )
        return ended.rowcount == 1

    async def purge(self, now: datetime, kept: Retention) -> int:
        """Delete delegations that ended or ran out so long ago; how many."""
        then = now - kept.ended_links
        is_old = or_(delegations.c.ended_at <= then, delegations.c.expires_at <= then)
        return await delete_in_batches(self._transaction, delegations, is_old, by=delegations.c.id)

    async def _delegations(self, query: Select[Any], values: Values = NOTHING) -> list[Delegation]:
        return [_delegation(row) for row in await self._transaction.ask(query, values)]


def _live(now: ColumnElement[datetime]) -> Select[Any]:
    return (
        select(delegations, customers.c.company, customers.c.number)
        .join(customers, customers.c.id == delegations.c.customer)
        .where(delegations.c.ended_at.is_(None), delegations.c.expires_at > now)
        .order_by(delegations.c.started_at, delegations.c.id)
    )


def _at(now: datetime) -> ColumnElement[datetime]:
    return literal(now, Instant)


# Asked for at every request with a person in it: built once.
_OF_DELEGATE = _live(bindparam("now", type_=Instant)).where(
    delegations.c.delegate == bindparam("person")
)


def _delegation(row: Row) -> Delegation:
    return Delegation(
        id=DelegationId(row.id),
        delegate=PersonId(row.delegate),
        customer=Customer(CustomerId(row.customer), row.company, row.number),
        basis=Proof(row.basis),
        actions=row.actions,
        started_at=row.started_at,
        expires_at=row.expires_at,
        facilities=row.facilities,
        granularity=None if row.granularity is None else Granularity(row.granularity),
        history_from=row.history_from,
    )
