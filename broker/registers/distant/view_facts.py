"""What an operator should know of a billing database's views: whether they can be asked, and how.

Facts only; `broker.upkeep.register_checks` judges them. Nothing of anybody's is read.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from broker.registers.distant.sql import SqlSource, columns_of
from broker.registers.distant.views import (
    CUSTOMER_REQUIRED,
    INVOICE_REQUIRED,
    ViewFacts,
    quoted,
)

_MAY_WRITE: Final = """
SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT LIKE 'pg\\_%'
AND n.nspname <> 'information_schema' AND has_schema_privilege(n.oid, 'USAGE')
AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
"""
_MAY_READ: Final = "SELECT has_table_privilege(to_regclass($1), 'SELECT')"
_SUPERUSER: Final = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
_NOBODYS: Final = "0000000000"


async def read_view_facts(source: SqlSource, companies: Sequence[str]) -> ViewFacts:
    """Look at both views. Raises SourceFailed where the database does not answer."""
    async with source.connection() as connection:
        customers = await _columns(connection, source.views.customers)
        invoices = await _columns(connection, source.views.invoices)
        may_write: int = await connection.fetchval(_MAY_WRITE)
        is_superuser: bool = await connection.fetchval(_SUPERUSER)
        empty: tuple[str, ...] = ()
        if customers is not None and "company" in customers:
            empty = await _empty(connection, source.views.customers, companies)
    began = time.perf_counter()
    if companies and is_whole(customers, invoices):
        await source.invoices(companies[0], _NOBODYS, _NOBODYS)
    seconds = time.perf_counter() - began
    return ViewFacts(customers, invoices, may_write, is_superuser, empty, seconds)


def is_whole(customers: Mapping[str, str] | None, invoices: Mapping[str, str] | None) -> bool:
    """Whether both views have every column that they must have."""
    return (
        customers is not None
        and invoices is not None
        and set(CUSTOMER_REQUIRED) <= customers.keys()
        and set(INVOICE_REQUIRED) <= invoices.keys()
    )


async def _columns(connection: Any, view: str) -> dict[str, str] | None:
    if not await connection.fetchval(_MAY_READ, quoted(view)):  # not there, or not for us
        return None
    return await columns_of(connection, view)


async def _empty(connection: Any, view: str, companies: Sequence[str]) -> tuple[str, ...]:
    query = f"SELECT EXISTS (SELECT FROM {quoted(view)} WHERE company = $1)"  # noqa: S608
    return tuple([each for each in companies if not await connection.fetchval(query, each)])
