"""Which tables a backup holds, in an order in which they can be filled, and their plain columns.

Rows travel as the database keeps them (instants and days as integers), not as the ports see them:
that is the same on every engine, exact, and several times faster for millions of rows.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Table, TableClause, column
from sqlalchemy import table as table_clause
from sqlalchemy.types import TypeDecorator, TypeEngine

from broker.storage.sql import register_tables, tables, tables_keys
from broker.storage.sql.schema import durable

LEFT_OUT: Final = {
    tables.revision.name: "counts changes for workers that run now; a restore counts one",
    tables_keys.workers.name: "says which workers run now",
    tables_keys.key_fetches.name: "says who fetched keys lately, from what runs now",
    tables.leases.name: "says which worker that runs now does which chore",
}
"""Durable tables that no backup holds, and why."""

REGISTER: Final = frozenset(
    table.name
    for table in (
        register_tables.generations,
        register_tables.current,
        register_tables.customers,
        register_tables.evidence,
        register_tables.facilities,
    )
)
"""What the billing system's next export brings anew."""

SEEDED: Final = frozenset({tables.audit_head.name})
"""Tables that a migration puts a row into: they are not empty in an empty database."""


def backed_up(*, with_register: bool = True) -> list[Table]:
    """The tables, referred before referring."""
    return [
        table
        for table in durable.sorted_tables
        if table.name not in LEFT_OUT and (with_register or table.name not in REGISTER)
    ]


def plain(table: Table, names: Sequence[str] | None = None) -> TableClause:
    """The table with its columns (or those named) as the engine keeps them."""
    wanted = [each for each in table.columns if names is None or each.name in names]
    return table_clause(table.name, *(column(each.name, _kept_as(each.type)) for each in wanted))


def _kept_as(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind
