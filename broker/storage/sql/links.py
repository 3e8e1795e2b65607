"""Customers, and who is which of them (`linking.ports.LinkStore`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select, update

from broker.storage.retention import Retention
from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.connection import NOTHING
from broker.storage.sql.statements import Row, Values
from broker.storage.sql.tables import customers, links
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert
from linking.model import (
    Customer,
    CustomerId,
    IdentityKey,
    Link,
    LinkId,
    PersonId,
    Proof,
    Relation,
)


class SqlLinkStore:
    """`LinkStore` on SQL. One live link of a person and a customer: a partial unique index."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def customer(self, company: str, number: str, *, proposed: CustomerId) -> Customer:
        attempt = insert(customers).values(id=proposed, company=company, number=number)
        find_or_create = attempt.on_conflict_do_update(
            index_elements=[customers.c.company, customers.c.number],
            set_={"number": attempt.excluded.number},
        ).returning(customers.c.id)
        found = (await self._transaction.change(find_or_create)).scalar_one()
        return Customer(CustomerId(found), company, number)

    async def create(self, link: Link) -> Link:
        attempt = insert(links).values(
            id=link.id,
            person=link.person,
            customer=link.customer.id,
            relation=link.relation,
            proof=link.proof,
            proved_with_issuer=link.proved_with.issuer,
            proved_with_subject=link.proved_with.subject,
            linked_at=link.linked_at,
        )
        create_or_find = attempt.on_conflict_do_update(
            index_elements=[links.c.person, links.c.customer],
            index_where=links.c.ended_at.is_(None),
            set_={"person": attempt.excluded.person},
        ).returning(links.c.id)
        async with self._transaction.writing() as connection:
            live = (await connection.execute(create_or_find)).scalar_one()
            found = await connection.execute(_live().where(links.c.id == live))
            return _link(found.one())

    async def strengthen(self, link: LinkId, proof: Proof) -> None:
        await self._transaction.change(
            update(links).where(links.c.id == link, links.c.ended_at.is_(None)).values(proof=proof)
        )

    async def find(self, link: LinkId) -> Link | None:
        return next(iter(await self._links(_live().where(links.c.id == link))), None)

    async def was(self, person: PersonId, customer: CustomerId) -> bool:
        query = select(links.c.id).where(
            links.c.person == person, links.c.customer == customer, links.c.ended_at.is_not(None)
        )
        return (await self._transaction.ask(query.limit(1))).one_or_none() is not None

    async def of_person(self, person: PersonId) -> Sequence[Link]:
        """Live links, oldest first."""
        return await self._links(_OF_PERSON, {"person": person})

    async def of_customers(self, company: str, numbers: Sequence[str]) -> Sequence[Link]:
        query = _live().where(customers.c.company == company, customers.c.number.in_(numbers))
        return await self._links(query)

    async def end(self, link: LinkId, *, at: datetime, reason: str) -> bool:
        ended = await self._transaction.change(
            update(links)
            .where(links.c.id == link, links.c.ended_at.is_(None))
            .values(ended_at=at, end_reason=reason)
        )
        return ended.rowcount == 1

    async def purge(self, now: datetime, kept: Retention) -> int:
        """Delete links that ended so long ago; how many."""
        is_old = links.c.ended_at <= now - kept.ended_links
        return await delete_in_batches(self._transaction, links, is_old, by=links.c.ended_at)

    async def _links(self, query: Select[Any], values: Values = NOTHING) -> list[Link]:
        return [_link(row) for row in await self._transaction.ask(query, values)]


def _live() -> Select[Any]:
    return (
        select(links, customers.c.company, customers.c.number)
        .join(customers, customers.c.id == links.c.customer)
        .where(links.c.ended_at.is_(None))
        .order_by(links.c.linked_at, links.c.id)
    )


# Asked for at every request with a person in it: built once.
_OF_PERSON = _live().where(links.c.person == bindparam("person"))


def _link(row: Row) -> Link:
    return Link(
        id=LinkId(row.id),
        person=PersonId(row.person),
        customer=Customer(CustomerId(row.customer), row.company, row.number),
        relation=Relation(row.relation),
        proof=Proof(row.proof),
        proved_with=IdentityKey(row.proved_with_issuer, row.proved_with_subject),
        linked_at=row.linked_at,
    )
