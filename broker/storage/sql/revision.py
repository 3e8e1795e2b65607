"""Where a database's schema stands against what this release needs. Runs without Alembic.

Two histories, because the transient tables live in a database of their own: `durable` and
`transient`, each with its own version table, so that both may also share one database.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, column, inspect, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

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


async def read_schema(connection: AsyncConnection, history: History) -> Schema:
    """Compare the database's revision with the newest one that we know."""
    revision = await read_revision(connection, history)
    if revision is None:
        return Schema.ABSENT
    if revision == history.head:
        return Schema.CURRENT
    return Schema.AHEAD if revision > history.head else Schema.BEHIND


async def read_revision(connection: AsyncConnection, history: History) -> str | None:
    """The database's revision; None when it has never been migrated."""
    return await connection.run_sync(_revision, history)


def _revision(connection: Connection, history: History) -> str | None:
    if not inspect(connection).has_table(history.version_table):
        return None
    version = table(history.version_table, column("version_num"))
    found: str | None = connection.execute(select(version.c.version_num)).scalar_one_or_none()
    return found
