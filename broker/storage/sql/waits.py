"""Failed tries of one identity (`linking.ports.WaitStore`).

A try is counted before it is judged. Tries of one identity queue on its row in `waits`, so that a
thousand at once are counted one after the other; those of different identities never meet.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, delete, func, or_, select, update

from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.connection import Connection
from broker.storage.sql.tables import wait_tries, waits
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert
from linking.model import IdentityKey
from linking.ports import Reservation, WaitSchedule, WaitUntil


class SqlWaitStore:
    """`WaitStore` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def reserve(
        self, identity: IdentityKey, customer_tag: bytes, *, now: datetime, schedule: WaitSchedule
    ) -> Reservation | WaitUntil:
        async with self._transaction.writing() as connection:
            await _queue(connection, identity, now=now, schedule=schedule)
            until = await _until(connection, identity, now=now, schedule=schedule)
            if until is not None:
                return WaitUntil(until)
            await connection.execute(
                update(waits).where(_of(waits, identity)).values(forget_at=now + schedule.memory)
            )
            added = await connection.execute(
                insert(wait_tries)
                .values(
                    issuer=identity.issuer,
                    subject=identity.subject,
                    customer_tag=customer_tag,
                    at=now,
                )
                .returning(wait_tries.c.id)
            )
            return Reservation(added.scalar_one(), identity, customer_tag)

    async def give_back(self, reservation: Reservation) -> None:
        of_customer = wait_tries.c.customer_tag == reservation.customer_tag
        await self._forget(reservation, or_(of_customer, wait_tries.c.id == reservation.id))

    async def cancel(self, reservation: Reservation) -> None:
        await self._forget(reservation, wait_tries.c.id == reservation.id)

    async def purge(self, now: datetime) -> int:
        """Delete what every identity's schedule has forgotten; how many identities."""
        return await delete_in_batches(
            self._transaction, waits, waits.c.forget_at <= now, by=waits.c.forget_at
        )

    async def _forget(self, reservation: Reservation, which: ColumnElement[bool]) -> None:
        await self._transaction.change(
            delete(wait_tries).where(_of(wait_tries, reservation.identity), which)
        )


async def _queue(
    connection: Connection, identity: IdentityKey, *, now: datetime, schedule: WaitSchedule
) -> None:
    """Hold the identity's row until the end of the transaction; drop tries that are forgotten."""
    attempt = insert(waits).values(
        issuer=identity.issuer, subject=identity.subject, forget_at=now + schedule.memory
    )
    hold = attempt.on_conflict_do_update(
        index_elements=[waits.c.issuer, waits.c.subject], set_={"forget_at": waits.c.forget_at}
    ).returning(waits.c.forget_at)
    if (await connection.execute(hold)).scalar_one() <= now:
        await connection.execute(delete(wait_tries).where(_of(wait_tries, identity)))


async def _until(
    connection: Connection, identity: IdentityKey, *, now: datetime, schedule: WaitSchedule
) -> datetime | None:
    """Until when to wait, if at all. A zero wait is no wait, even if another clock is ahead."""
    count = select(func.count().label("failures"), func.max(wait_tries.c.at).label("latest"))
    counted = (await connection.execute(count.where(_of(wait_tries, identity)))).one()
    if not counted.failures:
        return None
    wait = schedule.after(counted.failures)
    until: datetime = counted.latest + wait
    return until if wait and now < until else None


def _of(table: Table, identity: IdentityKey) -> ColumnElement[bool]:
    return and_(table.c.issuer == identity.issuer, table.c.subject == identity.subject)
