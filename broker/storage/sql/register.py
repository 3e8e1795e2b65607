"""The imported register (`broker.storage.ports.CustomerIndex`).

An import fills a generation in batches; a pointer per company says which one is read. A lookup
follows the pointer in the same statement, so it sees one generation or another, never a mixture.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import (
    delete,
    func,
    select,
    update,
)

from broker.storage.errors import GenerationGone
from broker.storage.register_ports import (
    CurrentCustomers,
    Generation,
    IndexedCustomer,
    IndexedEvidence,
)
from broker.storage.sql import upsert
from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.pages import in_pages
from broker.storage.sql.register_queries import (
    CURRENT,
    NEAREST_CUSTOMER,
    NEAREST_EVIDENCE,
    among,
    current_customers,
    kept,
    size,
)
from broker.storage.sql.register_rows import (
    ADD_CUSTOMERS,
    ADD_EVIDENCE,
    ADD_FACILITIES,
    BulkInsert,
    customer_rows,
    evidence_rows,
    facility_rows,
    indexed_customer,
    second_item_values,
    second_items,
)
from broker.storage.sql.register_seals import sealing_names
from broker.storage.sql.register_tables import (
    current,
    customers,
    evidence,
    facilities,
    generations,
)
from broker.storage.sql.statements import Row
from broker.storage.sql.transaction import SqlTransaction
from linking.model import CustomerStatus

# Rows in one transaction: some tens of milliseconds under the write lock.
_BATCH: Final = 10_000


class SqlCustomerIndex:
    """`CustomerIndex` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def open_generation(self, company: str, *, at: datetime, pepper: str) -> Generation:
        opened = generations.insert().values(
            company=company,
            started_at=at,
            pepper=pepper,
            discarded=False,
            customers=0,
            evidence=0,
        )
        number = await self._transaction.change(opened.returning(generations.c.id))
        return Generation(number.scalar_one(), company, at, pepper)

    async def add_customers(self, generation: Generation, batch: Sequence[IndexedCustomer]) -> None:
        await self._add(ADD_CUSTOMERS, customer_rows(generation, batch))

    async def add_evidence(self, generation: Generation, batch: Sequence[IndexedEvidence]) -> None:
        await self._add(ADD_EVIDENCE, evidence_rows(generation, batch))

    async def add_facilities(
        self, generation: Generation, batch: Sequence[tuple[bytes, bytes]]
    ) -> None:
        await self._add(ADD_FACILITIES, facility_rows(generation, batch))

    async def make_current(self, generations: Sequence[Generation], *, at: datetime) -> None:
        """Raises `GenerationGone` if one of them has been discarded; then none is flipped."""
        counts = [await self._counts(generation) for generation in generations]
        async with self._transaction():
            for generation, (rows, items) in zip(generations, counts, strict=True):
                said = second_item_values(generation.second_items)
                await self._finish(generation, at=at, customers=rows, evidence=items, **said)
                await self._point(generation.company, generation.id, at=at)

    async def take_back(self, company: str, *, at: datetime) -> Generation | None:
        """What was taken back is kept, but never comes back by itself."""
        async with self._transaction.writing() as connection:
            taken = await connection.execute(
                select(current.c.generation).where(current.c.company == company).with_for_update()
            )
            newest = taken.scalar_one_or_none()
            if newest is None:
                return None
            before = (
                kept(company)
                .where(generations.c.id < newest, generations.c.made_current_at.is_not(None))
                .limit(1)
            )
            row = (await connection.execute(before)).one_or_none()
            if row is None:
                return None
            await connection.execute(
                update(generations).where(generations.c.id == newest).values(made_current_at=None)
            )
            await self._point(company, row.id, at=at)
        return _generation(row)

    async def discard(self, generation: Generation) -> None:
        """Raises `GenerationGone` if it is current."""
        is_current = generations.c.id.in_(select(current.c.generation))
        mark = update(generations).where(generations.c.id == generation.id, ~is_current)
        marked = (await self._transaction.change(mark.values(discarded=True))).rowcount
        if not marked and await self._exists(generation):
            raise GenerationGone("the current generation cannot be discarded")
        await self._delete(generation.id)

    async def current(self, company: str) -> Generation | None:
        row = (await self._transaction.ask(CURRENT, {"company": company})).one_or_none()
        return None if row is None else _generation(row)

    async def size(self, companies: Collection[str]) -> int:
        query = size(len(companies))
        values = {f"company{n}": each for n, each in enumerate(companies)}
        return int((await self._transaction.ask(query, values)).scalar_one())

    async def generations(self, company: str) -> Sequence[Generation]:
        return [_generation(row) for row in await self._transaction.ask(kept(company))]

    async def sealing_names(self, *, is_current: bool) -> set[str]:
        # On a connection of its own: this may take longer than a statement that somebody waits for.
        async with self._transaction.reading() as connection:
            return await sealing_names(connection, is_current=is_current)

    async def customers_of(self, generation: Generation) -> AsyncIterator[IndexedCustomer]:
        query = select(customers).where(customers.c.generation == generation.id)
        async for row in in_pages(self._transaction, query, by=customers.c.key, after=b""):
            yield indexed_customer(row)

    async def restricted_customers_of(
        self, generation: Generation
    ) -> AsyncIterator[IndexedCustomer]:
        is_restricted = customers.c.protected | (customers.c.status != CustomerStatus.ACTIVE)
        query = select(customers).where(customers.c.generation == generation.id, is_restricted)
        async for row in in_pages(self._transaction, query, by=customers.c.key, after=b""):
            yield indexed_customer(row)

    async def facilities_of(self, generation: Generation) -> AsyncIterator[tuple[bytes, bytes]]:
        query = select(facilities).where(facilities.c.generation == generation.id)
        async for row in in_pages(self._transaction, query, by=facilities.c.id, after=0):
            yield row.customer, row.sealed

    async def customers(
        self, generation: Generation, keys: Sequence[bytes]
    ) -> Sequence[IndexedCustomer]:
        query = select(customers).where(among(generation, keys))
        return [indexed_customer(row) for row in await self._transaction.ask(query)]

    async def known_customers(self, generation: Generation, keys: Sequence[bytes]) -> set[bytes]:
        query = select(customers.c.key).where(among(generation, keys))
        return set((await self._transaction.ask(query)).scalars())

    async def nearest_customer(self, company: str, key: bytes) -> IndexedCustomer | None:
        found = await self._transaction.ask(NEAREST_CUSTOMER, {"company": company, "key": key})
        row = found.one_or_none()
        return None if row is None else indexed_customer(row)

    async def current_customers(
        self, companies: Collection[str], keys: Collection[bytes]
    ) -> Mapping[str, CurrentCustomers]:
        values: dict[str, object] = {f"company{n}": each for n, each in enumerate(companies)}
        values |= {f"key{n}": each for n, each in enumerate(keys)}
        query = current_customers(len(companies), len(keys))
        found: dict[str, tuple[str, dict[bytes, IndexedCustomer]]] = {}
        for row in await self._transaction.ask(query, values):
            _, held = found.setdefault(row.company, (row.pepper, {}))
            if row.key is not None:
                # Behind the company and the pepper.
                held[row.key] = indexed_customer(row[2:])
        return {company: CurrentCustomers(*each) for company, each in found.items()}

    async def nearest_evidence(self, company: str, key: bytes) -> IndexedEvidence | None:
        found = await self._transaction.ask(NEAREST_EVIDENCE, {"company": company, "key": key})
        row = found.one_or_none()
        return None if row is None else IndexedEvidence(row.key, row.issued_on, row.second or b"")

    async def purge(self, now: datetime) -> int:  # noqa: ARG002
        """Finish discarding what a killed process left half deleted, whenever that was."""
        query = select(generations.c.id).where(generations.c.discarded)
        left = (await self._transaction.ask(query)).scalars()
        for generation in left:
            await self._delete(generation)
        return len(left)

    async def _add(self, bulk: BulkInsert, rows: Sequence[tuple[object, ...]]) -> None:
        for start in range(0, len(rows), _BATCH):
            async with self._transaction.writing() as connection:
                await bulk.copy(connection, rows[start : start + _BATCH])

    async def _counts(self, generation: Generation) -> tuple[int, int]:
        """Customers and pieces of evidence that are there, counted before anything is locked."""
        query = select(
            *(
                select(func.count())
                .select_from(table)
                .where(table.c.generation == generation.id)
                .scalar_subquery()
                for table in (customers, evidence)
            )
        )
        # On a connection of its own: this may take longer than a statement that somebody waits for.
        async with self._transaction.reading() as connection:
            rows, items = (await connection.execute(query)).one()
        return rows, items

    async def _finish(self, generation: Generation, *, at: datetime, **values: object) -> None:
        finish = update(generations).where(
            generations.c.id == generation.id,
            generations.c.company == generation.company,
            ~generations.c.discarded,
        )
        finished = await self._transaction.change(finish.values(made_current_at=at, **values))
        if finished.rowcount != 1:
            raise GenerationGone("a discarded generation cannot be made current")

    async def _point(self, company: str, generation: int, *, at: datetime) -> None:
        attempt = upsert.insert(current).values(company=company, generation=generation, since=at)
        flip = attempt.on_conflict_do_update(
            index_elements=[current.c.company],
            set_={"generation": attempt.excluded.generation, "since": attempt.excluded.since},
        )
        await self._transaction.change(flip)

    async def _exists(self, generation: Generation) -> bool:
        query = select(generations.c.id).where(generations.c.id == generation.id)
        return (await self._transaction.ask(query)).one_or_none() is not None

    async def _delete(self, generation: int) -> None:
        """Rows first, the generation last: what is interrupted can be found again."""
        for table, key in (
            (customers, customers.c.key),
            (evidence, evidence.c.key),
            (facilities, facilities.c.customer),
        ):
            rows = table.c.generation == generation
            await delete_in_batches(self._transaction, table, rows, by=key)
        await self._transaction.change(delete(generations).where(generations.c.id == generation))


def _generation(row: Row) -> Generation:
    return Generation(
        id=row.id,
        company=row.company,
        started_at=row.started_at,
        pepper=row.pepper,
        customers=row.customers,
        evidence=row.evidence,
        second_items=second_items(row),
    )
