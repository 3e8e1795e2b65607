"""Who is still to be told of a newcomer (`linking.newcomers.ports.NewcomerStore`).

A row is deleted when its person has seen the page, and with the newcomer's link.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select

from broker.storage.retention import Retention
from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.tables import customers, links
from broker.storage.sql.tables_not_me import newcomers
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert
from linking.model import Customer, CustomerId, LinkId, PersonId, Proof
from linking.newcomers.ports import Newcomer

AT_ONCE: Final = 10

# Asked for at every sign-in: built once.
_UNSEEN = (
    select(
        links.c.id,
        links.c.customer,
        links.c.proof,
        links.c.linked_at,
        customers.c.company,
        customers.c.number,
    )
    .select_from(newcomers)
    .join(links, links.c.id == newcomers.c.link)
    .join(customers, customers.c.id == links.c.customer)
    .where(newcomers.c.person == bindparam("person"), links.c.ended_at.is_(None))
    .order_by(links.c.linked_at.desc(), links.c.id)
    .limit(AT_ONCE)
)


class SqlNewcomerStore:
    """`NewcomerStore` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def announce(self, link: LinkId, to: Collection[PersonId], *, at: datetime) -> None:
        if not to:
            return
        async with self._transaction.writing() as connection:
            await connection.execute_each(
                insert(newcomers).on_conflict_do_nothing(
                    index_elements=[newcomers.c.person, newcomers.c.link]
                ),
                [{"person": person, "link": link, "at": at} for person in sorted(to)],
            )

    async def unseen(self, person: PersonId) -> Sequence[Newcomer]:
        return [
            Newcomer(
                link=LinkId(row.id),
                customer=Customer(CustomerId(row.customer), row.company, row.number),
                proof=Proof(row.proof),
                since=row.linked_at,
            )
            for row in await self._transaction.ask(_UNSEEN, {"person": person})
        ]

    async def seen(self, person: PersonId, links: Collection[LinkId]) -> None:
        await self._transaction.change(
            delete(newcomers).where(newcomers.c.person == person, newcomers.c.link.in_(links))
        )

    async def purge(self, now: datetime, kept: Retention) -> int:
        """Delete what nobody came to see in such a time; how many."""
        is_old = newcomers.c.at <= now - kept.ended_links
        return await delete_in_batches(self._transaction, newcomers, is_old, by=newcomers.c.at)
