"""Customers whom no invoice connects any more (`linking.objection_ports.Guards`).

By customer, not by number: a new billing system's numbers change nothing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, select

from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.tables import customers
from broker.storage.sql.tables_not_me import burned_papers, guarded_customers
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert
from linking.model import CustomerId
from linking.objection_ports import Bar

KEPT: Final = timedelta(days=3 * 366)
"""Longer than an invoice may prove anything, whatever is configured."""


class SqlGuards:
    """`Guards` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def bar(self, company: str, number: str, papers: Collection[bytes]) -> Bar:
        b = burned_papers.c
        burned = exists(select(b.customer).where(b.customer == customers.c.id, b.tag.in_(papers)))
        query = (
            select(guarded_customers.c.since, burned.label("burned"))
            .select_from(customers)
            .outerjoin(guarded_customers, guarded_customers.c.customer == customers.c.id)
            .where(customers.c.company == company, customers.c.number == number)
        )
        row = (await self._transaction.ask(query)).one_or_none()
        return Bar(row.since, bool(row.burned)) if row else Bar()

    async def guard(self, customer: CustomerId, papers: Collection[bytes], *, at: datetime) -> None:
        on = insert(guarded_customers).values(customer=customer, since=at)
        async with self._transaction.writing() as connection:
            await connection.execute(
                on.on_conflict_do_nothing(index_elements=[guarded_customers.c.customer])
            )
            for tag in papers:
                burned = insert(burned_papers).values(customer=customer, tag=tag, at=at)
                await connection.execute(
                    burned.on_conflict_do_nothing(
                        index_elements=[burned_papers.c.customer, burned_papers.c.tag]
                    )
                )

    async def since(self, company: str, number: str) -> datetime | None:
        query = (
            select(guarded_customers.c.since)
            .join(customers, customers.c.id == guarded_customers.c.customer)
            .where(customers.c.company == company, customers.c.number == number)
        )
        found: datetime | None = (await self._transaction.ask(query)).scalar_one_or_none()
        return found

    async def lift(self, customer: CustomerId) -> bool:
        lifted = await self._transaction.change(
            delete(guarded_customers).where(guarded_customers.c.customer == customer)
        )
        return lifted.rowcount == 1

    async def purge(self, now: datetime) -> int:
        """Forget burned papers that are too old to prove anything; how many tags that were."""
        is_old = burned_papers.c.at <= now - KEPT
        return await delete_in_batches(
            self._transaction, burned_papers, is_old, by=burned_papers.c.at
        )
