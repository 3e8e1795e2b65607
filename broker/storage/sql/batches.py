"""Deleting many rows in short transactions, so that no writer waits long for the lock."""

from typing import Final

from sqlalchemy import ColumnElement, Table, delete, select, tuple_

from broker.storage.sql.transaction import SqlTransaction

_BATCH: Final = 2_000


async def delete_in_batches(
    transaction: SqlTransaction, table: Table, which: ColumnElement[bool]
) -> int:
    """Delete these rows, at most 2,000 to a transaction; how many there were."""
    key = tuple_(*table.primary_key.columns)
    some = select(*table.primary_key.columns).where(which).limit(_BATCH)
    deletion = delete(table).where(key.in_(some))
    deleted = 0
    while True:
        async with transaction.writing() as connection:
            batch = (await connection.execute(deletion)).rowcount
        deleted += batch
        if batch < _BATCH:
            return deleted
