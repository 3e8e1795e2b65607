"""The secrets that an installation began with (`broker.storage.key_ports.FirstPrints`)."""

from sqlalchemy import select

from broker.storage.sql.tables_keys import first_prints
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert


class SqlFirstPrints:
    """`FirstPrints` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def first(self, name: str, print_: bytes) -> bytes:
        row = insert(first_prints).values(name=name, print=print_)
        async with self._transaction.writing() as connection:
            await connection.execute(
                row.on_conflict_do_nothing(index_elements=[first_prints.c.name])
            )
            query = select(first_prints.c.print).where(first_prints.c.name == name)
            return bytes((await connection.execute(query)).scalar_one())

    async def kept(self, name: str) -> bytes | None:
        query = select(first_prints.c.print).where(first_prints.c.name == name)
        print_ = (await self._transaction.ask(query)).scalar_one_or_none()
        return None if print_ is None else bytes(print_)

    async def replace(self, name: str, print_: bytes) -> None:
        row = insert(first_prints).values(name=name, print=print_)
        await self._transaction.change(
            row.on_conflict_do_update(
                index_elements=[first_prints.c.name], set_={"print": row.excluded.print}
            )
        )
