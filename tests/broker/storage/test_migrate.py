"""Migrations: they make the tables that the code means, once, whoever starts them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, func, select

from broker.storage import Schemas, Storage, migrate_storage, open_storage, read_schemas
from broker.storage.errors import SchemaMismatch, StorageUnavailable
from broker.storage.sql import (
    migrate,
    postgresql,
    register_tables,
    sqlite,
    tables,
    transient_tables,
)
from broker.storage.sql.engine import open_database
from broker.storage.sql.migrate import configure
from broker.storage.sql.revision import DURABLE, TRANSIENT, History, Schema
from broker.storage.sql.schema import durable as durable_tables
from broker.storage.sql.schema import transient as passing_tables
from tests.contracts.samples import Clock
from tests.contracts.workers import URLs
from tests.servers.postgresql import PostgreSQL

assert tables.links.metadata is register_tables.current.metadata
assert transient_tables.values.metadata is passing_tables


@pytest.mark.parametrize("history", [DURABLE, TRANSIENT])
def test_the_code_knows_the_newest_revision(history: History) -> None:
    """The constant that spares a worker Alembic says what Alembic would."""
    assert ScriptDirectory.from_config(configure(history)).get_heads() == [history.head]


@pytest.mark.parametrize(
    ("history", "metadata"), [(DURABLE, durable_tables), (TRANSIENT, passing_tables)]
)
def test_migrations_make_what_the_code_means(
    urls: URLs, history: History, metadata: MetaData
) -> None:
    """Column by column and index by index, there is no difference."""
    url = urls.database if history is DURABLE else urls.transient
    engine = create_engine(url)
    with engine.connect() as connection:
        options = {"version_table": history.version_table, "compare_type": True}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()
    assert found == []


async def test_migrating_again_changes_nothing(urls: URLs) -> None:
    """It is what every start may do."""
    await migrate_storage(*urls)
    assert await read_schemas(*urls) == Schemas(Schema.CURRENT, Schema.CURRENT)


async def test_whoever_waits_too_long_for_the_lock_may_come_again(
    urls: URLs, tmp_path: Path, postgresql_server: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process migrates, or writes: that is no fault of the migration's."""
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(tmp_path / "durable.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageUnavailable):
            await migrate_storage(*urls)
    monkeypatch.setitem(postgresql._SESSION, "lock_timeout", "100ms")
    url = postgresql_server.url_with_password("migrated")
    database = open_database(url)
    async with database.writing(queued=False) as connection:
        await connection.execute(select(func.pg_advisory_xact_lock(migrate._ADVISORY)))
        with pytest.raises(StorageUnavailable):
            await migrate_storage(url, url)
    await database.close()


async def test_an_empty_database_is_absent(tmp_path: Path) -> None:
    """And is not opened, with what to do about it."""
    urls = URLs.within(tmp_path)
    assert await read_schemas(*urls) == Schemas(Schema.ABSENT, Schema.ABSENT)
    with pytest.raises(SchemaMismatch, match="farstu db migrate"):
        await _open(urls)


@pytest.mark.parametrize(
    ("revision", "expected"), [("0000", Schema.BEHIND), ("9999", Schema.AHEAD)]
)
async def test_other_revisions(
    urls: URLs, durable: sqlite3.Connection, revision: str, expected: Schema
) -> None:
    """An older schema is refused; a newer one serves a release that is on its way out."""
    durable.execute("UPDATE farstu_version SET version_num = ?", (revision,))
    assert (await read_schemas(*urls)).database is expected
    if expected is Schema.AHEAD:
        await _open(urls)
    else:
        with pytest.raises(SchemaMismatch):
            await _open(urls)


async def test_both_may_share_one_database(tmp_path: Path) -> None:
    """Each history keeps its own version."""
    url = f"sqlite:///{tmp_path}/one.db"
    await migrate_storage(url, url)
    assert await read_schemas(url, url) == Schemas(Schema.CURRENT, Schema.CURRENT)


async def test_a_path_may_hold_a_percent_sign(tmp_path: Path) -> None:
    """Paths are not templates."""
    urls = URLs.within(tmp_path / "50%s")
    await migrate_storage(*urls)
    assert await read_schemas(*urls) == Schemas(Schema.CURRENT, Schema.CURRENT)


async def test_check_says_what_is_wrong(
    urls: URLs, storage: Storage, durable: sqlite3.Connection, transient: sqlite3.Connection
) -> None:
    """Ready at first; then each part by itself."""
    assert (await storage.check()).is_ready
    transient.execute("DROP TABLE farstu_transient_version")
    found = await storage.check()
    assert (found.database, found.schema, found.transient) == (True, True, False)
    durable.execute("UPDATE farstu_version SET version_num = '0000'")
    found = await storage.check()
    assert (found.database, found.schema, found.is_ready) == (True, False, False)


async def _open(urls: URLs) -> None:
    async with open_storage(
        *urls,
        seal=lambda plain, _: plain,
        open_sealed=lambda sealed, _: sealed,
        new_id=lambda prefix: prefix,
        clock=Clock(),
    ):
        pass
