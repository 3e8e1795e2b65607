"""Customers whom no invoice connects any more (`linking.newcomers.ports.Guards`).

By customer, not by number: a new billing system's numbers change nothing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, delete, exists, false, or_, select

from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.tables import customers
from broker.storage.sql.tables_not_me import burned_papers, guarded_customers
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert
from linking.model import CustomerId
from linking.newcomers.ports import Bar

KEPT: Final = timedelta(days=3 * 366)
"""Longer than an invoice may prove anything, whatever is configured."""


@lru_cache(maxsize=16)
def _bar(papers: int) -> Select[Any]:
    """Since when a customer is guarded, and whether one of so many papers of theirs is burned.

    Asked in every try, and so compiled once.
    """
    b = burned_papers.c
    shown = or_(false(), *(b.tag == bindparam(f"paper{n}") for n in range(papers)))
    burned = exists(select(b.customer).where(b.customer == customers.c.id, shown))
    return (
        select(guarded_customers.c.since, burned.label("burned"))
        .select_from(customers)
        .outerjoin(guarded_customers, guarded_customers.c.customer == customers.c.id)
        .where(customers.c.company == bindparam("company"))
        .where(customers.c.number == bindparam("number"))
    )


class SqlGuards:
    """`Guards` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def bar(self, company: str, number: str, papers: Collection[bytes]) -> Bar:
        values: dict[str, object] = {"company": company, "number": number}
        values |= {f"paper{n}": each for n, each in enumerate(papers)}
        row = (await self._transaction.ask(_bar(len(papers)), values)).one_or_none()
        return Bar(row.since, bool(row.burned)) if row else Bar()

    async def guard(self, customer: CustomerId, papers: Collection[bytes], *, at: datetime) -> None:
        since = guarded_customers.c.since
        on = insert(guarded_customers).values(customer=customer, since=at)
        async with self._transaction.writing() as connection:
            await connection.execute(
                on.on_conflict_do_update(
                    index_elements=[guarded_customers.c.customer],
                    set_={"since": on.excluded.since},
                    where=since < on.excluded.since,
                )
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
