"""Bring a database to the newest schema, with Alembic.

Every migration runs in the one transaction that holds the write lock (on PostgreSQL, a lock of our
own), so any number of processes may start at once: the first migrates, the others find nothing left
to do. Nothing is half done.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import URL, Connection, event, func, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from broker.storage.errors import StorageUnavailable
from broker.storage.sql.connection import Database
from broker.storage.sql.revision import History

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS: Final = Path(__file__).parent / "migrations"
# Any number that no other program on this database takes for its own lock.
_ADVISORY: Final = 0x6661727374750001


async def upgrade(database: Database, history: History) -> None:
    """Run the migrations of this history that the database lacks."""
    async with _engine(database.address, database.how_to_connect) as engine:
        try:
            connection = await engine.connect()
        except (OSError, DBAPIError) as error:
            raise StorageUnavailable(detail=str(error)) from error
        try:
            async with aclosing(connection), connection.begin():
                await connection.run_sync(_upgrade, history)
        except (OSError, DBAPIError) as error:
            told = database.told(getattr(error, "driver_exception", error))
            if isinstance(told, StorageUnavailable):
                raise told from error
            raise


@asynccontextmanager
async def _engine(address: URL, how_to_connect: dict[str, Any]) -> AsyncIterator[AsyncEngine]:
    """SQLAlchemy's own, which Alembic needs; bound values never show in an exception's text."""
    engine = create_async_engine(
        address, poolclass=NullPool, hide_parameters=True, connect_args=how_to_connect
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _check_foreign_keys)
        event.listen(engine.sync_engine, "begin", _lock)
    try:
        yield engine
    finally:
        await engine.dispose()


def _check_foreign_keys(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _lock(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def configure(history: History) -> "Config":
    """Alembic's configuration for one history: where its scripts are, and nothing else."""
    # Imported here: it takes a tenth of a second that a worker on a migrated database can spare.
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", _escaped(_SCRIPTS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", _escaped(_SCRIPTS / "versions" / history.name))
    config.attributes["version_table"] = history.version_table
    return config


def _upgrade(connection: Connection, history: History) -> None:
    from alembic import command  # noqa: PLC0415

    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY)))
    config = configure(history)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _escaped(path: Path) -> str:
    """A percent sign means interpolation to the configuration parser."""
    return str(path).replace("%", "%%")
