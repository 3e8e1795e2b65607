"""Bring a database to the newest schema, with Alembic.

Every migration runs in the one transaction that holds the write lock (on PostgreSQL, a lock of our
own), so any number of processes may start at once: the first migrates, the others find nothing left
to do. Nothing is half done.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, func, select

from broker.storage.sql.revision import History
from broker.storage.sql.transaction import SqlTransaction

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS: Final = Path(__file__).parent / "migrations"
# Any number that no other program on this database takes for its own lock.
_ADVISORY: Final = 0x6661727374750001


async def upgrade(transaction: SqlTransaction, history: History) -> None:
    """Run the migrations of this history that the database lacks."""
    async with transaction.writing() as connection:
        await connection.run_sync(_upgrade, history)


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
