"""Numbers of customers who were ever linked (`broker.storage.ports.CustomerNumbers`)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select, update

from broker.storage.sql.tables import customers
from broker.storage.sql.transaction import SqlTransaction
from linking.model import CustomerId

_CHANGE = (
    update(customers).where(customers.c.id == bindparam("customer")).values(number=bindparam("to"))
)


class SqlCustomerNumbers:
    """`CustomerNumbers` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def known(self, company: str, numbers: Sequence[str]) -> Mapping[str, CustomerId]:
        query = select(customers.c.number, customers.c.id).where(
            customers.c.company == company, customers.c.number.in_(numbers)
        )
        return {row.number: CustomerId(row.id) for row in await self._transaction.ask(query)}

    async def change(self, numbers: Mapping[CustomerId, str]) -> None:
        """By way of numbers that nobody can have: each row is judged unique as it is written."""
        if not numbers:
            return
        async with self._transaction.writing() as connection:
            for to in ({each: f"under way: {each}" for each in numbers}, numbers):
                rows = [{"customer": customer, "to": number} for customer, number in to.items()]
                await connection.execute_each(_CHANGE, rows)
