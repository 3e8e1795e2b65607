"""Migrating the storage and saying where it stands, for the command line and for start-up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from broker.storage.redis.address import is_redis
from broker.storage.sql.connection import Database
from broker.storage.sql.engine import is_in_memory, missing_file, open_database
from broker.storage.sql.revision import (
    DURABLE,
    TRANSIENT,
    History,
    Schema,
    read_revision,
    read_schema,
)


@dataclass(frozen=True, slots=True)
class Schemas:
    """Where the two databases stand."""

    database: Schema
    transient: Schema


async def migrate_storage(database: str, transient: str) -> None:
    """Bring both databases to the newest schema; safe from any number of processes at once.

    The URLs are those of `open_storage`. A database in memory is left to that; Redis has none.
    """
    # Imported here: a worker migrates nothing, and spares Alembic's engine.
    from broker.storage.sql.migrate import upgrade  # noqa: PLC0415

    for url, history in ((database, DURABLE), (transient, TRANSIENT)):
        if not is_redis(url) and not is_in_memory(url):
            async with _connected(url) as connected:
                await upgrade(connected, history)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one database stands, by revision; none where there is nothing to migrate."""

    schema: Schema
    revision: str = ""
    needed: str = ""


async def read_standings(database: str, transient: str) -> tuple[Standing, Standing]:
    """As `read_schemas`, with the revisions that an operator may want to see."""
    return await _stand(database, DURABLE), await _stand(transient, TRANSIENT)


async def read_schemas(database: str, transient: str) -> Schemas:
    """Compare both databases with what this release needs; one in memory is current when opened."""
    return Schemas(await _read(database, DURABLE), await _read(transient, TRANSIENT))


async def _read(url: str, history: History) -> Schema:
    return (await _stand(url, history)).schema


async def _stand(url: str, history: History) -> Standing:
    """Where there is nothing to migrate, nothing is asked either."""
    if is_redis(url) or is_in_memory(url):
        return Standing(Schema.CURRENT)
    if missing_file(url) is not None:
        return Standing(Schema.ABSENT, "", history.head)
    async with _connected(url) as database, database.reading() as connection:
        schema = await read_schema(connection, history)
        revision = await read_revision(connection, history) or ""
    return Standing(schema, revision, history.head)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        await database.close()
