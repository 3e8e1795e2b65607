"""Clients registered at run time (`broker.storage.ports.ClientStore`)."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from broker.storage.ports import StoredClient
from broker.storage.sql.revisions import count_up
from broker.storage.sql.statements import Row
from broker.storage.sql.tables import clients
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert


class SqlClientStore:
    """`ClientStore` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def add(self, client: StoredClient) -> bool:
        row = insert(clients).values(
            client_id=client.client_id, metadata=client.metadata, created_at=client.created_at
        )
        async with self._transaction.writing() as connection:
            added = await connection.execute(row.on_conflict_do_nothing())
            await count_up(connection, "clients")
        return added.rowcount == 1

    async def find(self, client_id: str) -> StoredClient | None:
        query = select(clients).where(clients.c.client_id == client_id)
        row = (await self._transaction.ask(query)).one_or_none()
        return None if row is None else _client(row)

    async def all(self) -> Sequence[StoredClient]:
        """Oldest first."""
        query = select(clients).order_by(clients.c.created_at, clients.c.client_id)
        return [_client(row) for row in await self._transaction.ask(query)]

    async def remove(self, client_id: str) -> bool:
        """False if there was none."""
        async with self._transaction.writing() as connection:
            removed = await connection.execute(
                delete(clients).where(clients.c.client_id == client_id)
            )
            await count_up(connection, "clients")
        return removed.rowcount == 1


def _client(row: Row) -> StoredClient:
    return StoredClient(row.client_id, row.metadata, row.created_at)
