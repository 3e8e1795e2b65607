"""Deleting many rows in short transactions, so that no writer waits long for the lock."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Table, delete, select

from broker.storage.sql.transaction import SqlTransaction

_BATCH: Final = 5_000


async def delete_in_batches(
    transaction: SqlTransaction, table: Table, which: ColumnElement[bool], *, by: ColumnElement[Any]
) -> int:
    """Delete these rows, some thousands to a transaction; how many there were.

    `by` is a column with an index that leads from one batch to the next: each deletes up to a
    bound. A list of keys would be read from the beginning, once for every batch.
    """
    last_of_batch = select(by).where(which).order_by(by).offset(_BATCH - 1).limit(1)
    deleted = 0
    while True:
        async with transaction.writing() as connection:
            bound = (await connection.execute(last_of_batch)).scalar_one_or_none()
            batch = which if bound is None else which & (by <= bound)
            deleted += (await connection.execute(delete(table).where(batch))).rowcount
        if bound is None:
            return deleted
