"""Tries that were counted before they are judged (`linking.ports.TryStore`).

Tries of one identity queue on its row in `waits`, so that a thousand at once are counted one after
the other, and whoever has to wait is told so there. The others queue once more, on one row for the
installation: what pressure asks for is then what all before have counted, exactly.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Table, and_, delete, func, or_, select, tuple_, update

from broker.storage.sql import failures
from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.connection import Connection
from broker.storage.sql.pressure_tables import failure_counts, tried_together
from broker.storage.sql.statements import Row
from broker.storage.sql.tables import wait_tries, waits
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert
from linking.ladder import Level
from linking.model import IdentityKey
from linking.ports import Reservation, Tags
from linking.tries.pressure import Pressure
from linking.tries.reserving import NotNow, SoFar, TryRule

_PAGE: Final = 1000
_TAG_BYTES: Final = 32


class SqlTryStore:
    """`TryStore` on SQL; also `linking.tries.clearing.Waits`, and the figures for operators."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def reserve(
        self, identity: IdentityKey, tags: Tags, rule: TryRule, *, now: datetime
    ) -> Reservation | NotNow:
        async with self._transaction.writing() as connection:
            await _queue(connection, identity, rule, now=now)
            own = await _own(connection, identity)
            if wait := rule.own_wait(own, now=now):
                return wait
            await failures.queue(connection)
            pressure = await failures.pressure(connection, tags, now=now)
            so_far = SoFar(own.failures, own.latest, pressure)
            if not_now := rule.not_now(so_far, now=now):
                return not_now
            await connection.execute(
                update(waits).where(_of(waits, identity)).values(forget_at=now + rule.memory)
            )
            level = rule.counted_as(pressure)
            await failures.count(connection, tags, level, now=now)
            number = await _write_down(connection, identity, tags, level, now=now)
            return Reservation(number, identity, tags.customer, rule.wait_if_wrong(own, now=now))

    async def give_back(self, reservation: Reservation, *, explained: bool) -> None:
        tag = reservation.customer_tag
        of_customer = and_(wait_tries.c.customer_tag == tag, wait_tries.c.customer_tag != b"")
        which = or_(of_customer, wait_tries.c.id == reservation.id)
        await self._forget(reservation, which, explained=explained)

    async def cancel(self, reservation: Reservation) -> None:
        await self._forget(reservation, wait_tries.c.id == reservation.id, explained=False)

    async def of_everybody(self, *, now: datetime) -> Pressure:
        async with self._transaction.reading() as connection:
            return await failures.pressure(connection, Tags(b""), now=now)

    async def widest_invoice(self, *, since: datetime, now: datetime) -> int:
        async with self._transaction.reading() as connection:
            return await failures.widest_invoice(connection, since=since, now=now)

    async def own(self, identity: IdentityKey, *, now: datetime) -> SoFar:
        """As `reserve` would count them now."""
        remembered = select(waits.c.forget_at).where(_of(waits, identity), waits.c.forget_at > now)
        async with self._transaction.reading() as connection:
            if (await connection.execute(remembered)).one_or_none() is None:
                return SoFar()
            return await _own(connection, identity)

    async def forget(self, identity: IdentityKey) -> int:
        """The identity's row is held first, as every try of its does."""
        hold = update(waits).where(_of(waits, identity)).values(forget_at=waits.c.forget_at)
        async with self._transaction.writing() as connection:
            await connection.execute(hold)
            gone = await connection.execute(delete(wait_tries).where(_of(wait_tries, identity)))
        return gone.rowcount

    async def remembered(self, *, now: datetime) -> AsyncIterator[IdentityKey]:
        """In pages: no connection is held while the caller looks at one."""
        key, last = tuple_(waits.c.issuer, waits.c.subject), ("", "")
        while True:
            query = (
                select(waits.c.issuer, waits.c.subject)
                .where(waits.c.forget_at > now, key > last)
                .order_by(waits.c.issuer, waits.c.subject)
                .limit(_PAGE)
            )
            page = (await self._transaction.ask(query)).all()
            for row in page:
                yield IdentityKey(row.issuer, row.subject)
            if len(page) < _PAGE:
                return
            last = (page[-1].issuer, page[-1].subject)

    async def purge(self, now: datetime) -> int:
        """Delete what every identity's schedule has forgotten, and counts that count no more."""
        forgotten = await delete_in_batches(
            self._transaction, waits, waits.c.forget_at <= now, by=waits.c.forget_at
        )
        for table, at in (
            (failure_counts, failure_counts.c.since),
            (tried_together, tried_together.c.at),
        ):
            await delete_in_batches(self._transaction, table, at <= now - failures.KEPT, by=at)
        return forgotten

    async def _forget(
        self, reservation: Reservation, which: ColumnElement[bool], *, explained: bool
    ) -> None:
        """Count these tries no longer; in pressure, this one alone unless all are explained."""
        c = wait_tries.c
        async with self._transaction.writing() as connection:
            gone = await connection.execute(
                delete(wait_tries)
                .where(_of(wait_tries, reservation.identity), which)
                .returning(c.id, c.customer_tag, c.other_tags, c.network_tag, c.level, c.at)
            )
            await failures.take_back(
                connection,
                [
                    failures.Counted(_tags(row), row.level, row.at)
                    for row in gone.all()
                    if row.level is not None  # else the release before this one wrote it
                    and (explained or row.id == reservation.id)
                ],
            )


async def _queue(
    connection: Connection, identity: IdentityKey, rule: TryRule, *, now: datetime
) -> None:
    """Hold the identity's row until the end of the transaction; drop tries that are forgotten."""
    attempt = insert(waits).values(
        issuer=identity.issuer, subject=identity.subject, forget_at=now + rule.memory
    )
    hold = attempt.on_conflict_do_update(
        index_elements=[waits.c.issuer, waits.c.subject], set_={"forget_at": waits.c.forget_at}
    ).returning(waits.c.forget_at)
    if (await connection.execute(hold)).scalar_one() <= now:
        await connection.execute(delete(wait_tries).where(_of(wait_tries, identity)))


async def _own(connection: Connection, identity: IdentityKey) -> SoFar:
    """This identity's own failures."""
    count = select(func.count().label("failures"), func.max(wait_tries.c.at).label("latest"))
    counted = (await connection.execute(count.where(_of(wait_tries, identity)))).one()
    return SoFar(counted.failures, counted.latest)


async def _write_down(
    connection: Connection, identity: IdentityKey, tags: Tags, level: Level, *, now: datetime
) -> int:
    added = await connection.execute(
        insert(wait_tries)
        .values(
            issuer=identity.issuer,
            subject=identity.subject,
            customer_tag=tags.customer,
            other_tags=b"".join(tags.others),
            network_tag=tags.network,
            level=level,
            at=now,
        )
        .returning(wait_tries.c.id)
    )
    number: int = added.scalar_one()
    return number


def _of(table: Table, identity: IdentityKey) -> ColumnElement[bool]:
    return and_(table.c.issuer == identity.issuer, table.c.subject == identity.subject)


def _tags(row: Row) -> Tags:
    """Those that a try was counted under, but for the evidence's, which nothing takes back."""
    others = row.other_tags or b""
    pieces = tuple(others[at : at + _TAG_BYTES] for at in range(0, len(others), _TAG_BYTES))
    return Tags(row.customer_tag, network=row.network_tag, others=pieces)
