"""Leases (`broker.storage.ports.LeaseStore`): one upsert decides who has it."""

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, update

from broker.storage.sql.tables import leases
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert


class SqlLeaseStore:
    """`LeaseStore` on SQL. Times are the callers': readiness keeps their clocks together."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def acquire(
        self, name: str, holder: str, *, now: datetime, lasts: timedelta, every: timedelta
    ) -> bool:
        attempt = insert(leases).values(name=name, holder=holder, expires_at=now + lasts)
        is_due = or_(leases.c.done_at.is_(None), leases.c.done_at <= now - every)
        take = attempt.on_conflict_do_update(
            index_elements=[leases.c.name],
            set_={"holder": attempt.excluded.holder, "expires_at": attempt.excluded.expires_at},
            where=and_(is_due, leases.c.expires_at <= now),
        )
        return (await self._transaction.change(take)).rowcount == 1

    async def renew(self, name: str, holder: str, *, now: datetime, lasts: timedelta) -> bool:
        return await self._change(name, holder, expires_at=now + lasts)

    async def done(self, name: str, holder: str, *, at: datetime) -> None:
        await self._change(name, holder, expires_at=at, done_at=at)

    async def release(self, name: str, holder: str, *, again_at: datetime) -> None:
        await self._change(name, holder, expires_at=again_at)

    async def _change(self, name: str, holder: str, **values: datetime) -> bool:
        change = update(leases).where(leases.c.name == name, leases.c.holder == holder)
        return (await self._transaction.change(change.values(**values))).rowcount == 1
