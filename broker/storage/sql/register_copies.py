"""Sealed copies of registers elsewhere (`broker.storage.register_ports.RegisterCopies`)."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, literal, or_, select

from broker.storage.register_ports import Reading
from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.pages import in_pages
from broker.storage.sql.register_rows import second_item_values, second_items
from broker.storage.sql.register_tables import copies, readings
from broker.storage.sql.tables import customers, delegations, links
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.types import Instant
from broker.storage.sql.upsert import Insert, insert
from linking.model import Customer, CustomerId


class SqlRegisterCopies:
    """`RegisterCopies` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def of(self, customers: Collection[CustomerId]) -> Mapping[CustomerId, bytes]:
        query = select(copies).where(copies.c.customer.in_(list(customers)))
        found = await self._transaction.ask(query)
        return {CustomerId(row.customer): row.sealed for row in found}

    async def by_number(self, company: str, number: str) -> tuple[CustomerId, bytes] | None:
        query = (
            select(copies)
            .join(customers, customers.c.id == copies.c.customer)
            .where(customers.c.company == company, customers.c.number == number)
        )
        row = (await self._transaction.ask(query)).one_or_none()
        return None if row is None else (CustomerId(row.customer), row.sealed)

    async def linked(self, company: str, *, now: datetime) -> AsyncIterator[Customer]:
        query = select(customers).where(
            customers.c.company == company, _is_linked(customers.c.id, now)
        )
        async for row in in_pages(self._transaction, query, by=customers.c.id, after=""):
            yield Customer(CustomerId(row.id), row.company, row.number)

    async def add(self, copies: Mapping[CustomerId, bytes]) -> None:
        await self._store(copies, _ADD)

    async def replace(self, copies: Mapping[CustomerId, bytes]) -> None:
        await self._store(copies, _REPLACE)

    async def forget_unlinked(self, *, now: datetime) -> int:
        unlinked = ~_is_linked(copies.c.customer, now)
        return await delete_in_batches(self._transaction, copies, unlinked, by=copies.c.customer)

    async def note_reading(self, company: str, reading: Reading) -> None:
        said = second_item_values(reading.second_items)
        values = {"read_at": reading.at, "customers": reading.customers} | said
        attempt = insert(readings).values(company=company, **values)
        note = attempt.on_conflict_do_update(
            index_elements=[readings.c.company],
            set_={name: attempt.excluded[name] for name in values},
        )
        await self._transaction.change(note)

    async def readings(self) -> Mapping[str, Reading]:
        found = await self._transaction.ask(select(readings))
        return {
            row.company: Reading(row.read_at, row.customers, second_items(row)) for row in found
        }

    async def _store(self, sealed: Mapping[CustomerId, bytes], statement: Insert) -> None:
        if not sealed:
            return
        # In the order of their key: two who write the same ones cannot wait for each other.
        rows = [{"customer": each, "sealed": sealed[each]} for each in sorted(sealed)]
        async with self._transaction.writing() as connection:
            await connection.execute_each(statement, rows)


_ADD = insert(copies).on_conflict_do_nothing()
_ATTEMPT = insert(copies)
_REPLACE = _ATTEMPT.on_conflict_do_update(
    index_elements=[copies.c.customer], set_={"sealed": _ATTEMPT.excluded.sealed}
)


def _is_linked(customer: ColumnElement[str], now: datetime) -> ColumnElement[bool]:
    alive = links.c.ended_at.is_(None), links.c.customer == customer
    given = (
        delegations.c.ended_at.is_(None),
        delegations.c.expires_at > literal(now, Instant),
        delegations.c.customer == customer,
    )
    return or_(
        select(links.c.id).where(*alive).exists(), select(delegations.c.id).where(*given).exists()
    )
