"""Reading many rows in pages: no connection is held while the caller looks at a row."""

from collections.abc import AsyncIterator
from typing import Any, Final

from sqlalchemy import Column, Select

from broker.storage.sql.statements import Row
from broker.storage.sql.transaction import SqlTransaction

_PAGE: Final = 1_000


async def in_pages(
    transaction: SqlTransaction, query: Select[Any], *, by: Column[Any], after: object
) -> AsyncIterator[Row]:
    """The rows of a query in the order of a column, each value of which stands once.

    `after` is less than all values; an index should lead from one to the next.
    """
    query = query.order_by(by).limit(_PAGE)
    while True:
        page = (await transaction.ask(query.where(by > after))).all()
        for row in page:
            yield row
        if len(page) < _PAGE:
            return
        after = getattr(page[-1], by.name)
