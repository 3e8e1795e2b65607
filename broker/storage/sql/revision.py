"""Where a database's schema stands against what this release needs. Runs without Alembic.

Two histories, because the transient tables live in a database of their own: `durable` and
`transient`, each with its own version table, so that both may also share one database.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Select, TableClause, Text, cast, column, func, select, table

from broker.storage.sql.connection import Connection
from broker.storage.sql.schema import DURABLE_HEAD, TRANSIENT_HEAD


@dataclass(frozen=True, slots=True)
class History:
    """A sequence of migrations. Revisions are numbers with leading zeros: they sort as text."""

    name: str
    head: str
    version_table: str


DURABLE: Final = History("durable", DURABLE_HEAD, "farstu_version")
TRANSIENT: Final = History("transient", TRANSIENT_HEAD, "farstu_transient_version")


class Schema(StrEnum):
    """Where a database stands. Migrations expand before they contract, so AHEAD serves us too."""

    ABSENT = "absent"
    BEHIND = "behind"
    CURRENT = "current"
    AHEAD = "ahead"

    @property
    def is_usable(self) -> bool:
        return self in (Schema.CURRENT, Schema.AHEAD)


async def read_schema(connection: Connection, history: History) -> Schema:
    """Compare the database's revision with the newest one that we know."""
    revision = await read_revision(connection, history)
    if revision is None:
        return Schema.ABSENT
    if revision == history.head:
        return Schema.CURRENT
    return Schema.AHEAD if revision > history.head else Schema.BEHIND


async def read_revision(connection: Connection, history: History) -> str | None:
    """The database's revision; None when it has never been migrated."""
    if (await connection.execute(_existing(connection, history))).scalar_one() is None:
        return None
    found: str | None = (
        await connection.execute(select(column("version_num")).select_from(_versions(history)))
    ).scalar_one_or_none()
    return found


def _existing(connection: Connection, history: History) -> Select[Any]:
    """The name of the table of versions, or nothing."""
    if connection.dialect.name == "postgresql":
        return select(cast(func.to_regclass(history.version_table), Text))
    tables = table("sqlite_master", column("type"), column("name"))
    named = (tables.c.type == "table") & (tables.c.name == history.version_table)
    return select(func.max(tables.c.name)).where(named)


def _versions(history: History) -> TableClause:
    return table(history.version_table, column("version_num"))
