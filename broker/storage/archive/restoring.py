"""Putting a backup back: all of it in one transaction, or nothing.

Rows go in by column names. A column that the backup does not have yet gets its default, one that
this release does not have any more is dropped: that is what expanding and contracting allows.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Table, delete, func, select, update

from broker.storage.archive.damage import BackupDamaged, BackupRefused, NotEmpty
from broker.storage.archive.manifest import Manifest
from broker.storage.archive.reading import BackupReader, TableRows
from broker.storage.archive.tables import REGISTER, SEEDED, backed_up, plain
from broker.storage.archive.taking import Progress
from broker.storage.errors import StatementRefused
from broker.storage.sql.connection import Connection
from broker.storage.sql.register_rows import BulkInsert
from broker.storage.sql.register_tables import current
from broker.storage.sql.revision import DURABLE, read_revision
from broker.storage.sql.revisions import count_up
from broker.storage.sql.tables import grants, sessions
from broker.storage.sql.upsert import insert

_REASON: Final = "restored"


async def check_schema(connection: Connection, manifest: Manifest) -> None:
    """Raise BackupRefused unless the database is this release's, and the backup no newer."""
    revision = await read_revision(connection, DURABLE)
    if revision != DURABLE.head:
        raise BackupRefused(f"the database is at {revision}, this release at {DURABLE.head}")
    if manifest.schema > DURABLE.head:
        raise BackupRefused(
            f"the backup is at {manifest.schema}, which is newer than this release's {DURABLE.head}"
        )


async def make_room(connection: Connection, manifest: Manifest, *, replace: bool) -> None:
    """See that there is nothing, or delete everything. Raises NotEmpty.

    What a migration put there stays, if the backup is older than it and brings nothing instead.
    What an import left that was broken off, and that no company reads, counts as nothing.
    """
    is_register_read = (await connection.execute(select(current).limit(1))).all()
    for table in reversed(backed_up()):
        if table.name in SEEDED:
            goes = table.name in manifest.rows
        else:
            goes = replace or (table.name in REGISTER and not is_register_read)
        if goes:
            await connection.execute(delete(table))
        elif table.name not in SEEDED and await _has_rows(connection, table):
            raise NotEmpty(table.name)


async def _has_rows(connection: Connection, table: Table) -> bool:
    return bool((await connection.execute(select(table).limit(1))).all())


async def load(connection: Connection, reader: BackupReader, *, on_progress: Progress) -> None:
    """Insert every row. Raises BackupDamaged, also after the last one."""
    tables = {table.name: table for table in backed_up()}
    done = 0
    for chunk in reader.chunks():
        if chunk.table in tables and chunk.rows:
            await _insert(connection, tables[chunk.table], chunk)
        done += len(chunk.rows)
        on_progress(chunk.table, done, reader.manifest.total)
    await _set_sequences(connection, list(tables.values()))


async def end_everything(connection: Connection, *, at: datetime) -> tuple[int, int]:
    """End the sessions and revoke the grants that came back; how many of each.

    Workers that run all the same are told to read keys and clients anew.
    """
    await count_up(connection, "keys")
    await count_up(connection, "clients")
    ended = await connection.execute(
        update(sessions)
        .where(sessions.c.ended_at.is_(None))
        .values(ended_at=at, end_reason=_REASON, profile=b"")
    )
    revoked = await connection.execute(
        update(grants)
        .where(grants.c.revoked_at.is_(None))
        .values(revoked_at=at, revoke_reason=_REASON)
    )
    return ended.rowcount, revoked.rowcount


async def _insert(connection: Connection, table: Table, chunk: TableRows) -> None:
    names = [column.name for column in table.columns if column.name in chunk.columns]
    places = [chunk.columns.index(name) for name in names]
    rows = [tuple(row[place] for place in places) for row in chunk.rows]
    try:
        await BulkInsert(insert(plain(table, names)), tuple(names)).add(connection, rows)
    except StatementRefused as error:
        raise BackupDamaged(f"rows of {table.name} do not fit their table") from error


async def _set_sequences(connection: Connection, tables: Sequence[Table]) -> None:
    """PostgreSQL counts row numbers apart from the rows: let it go on after the last one."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        number = table.autoincrement_column
        if number is None:
            continue
        last = (await connection.execute(select(func.max(number)))).scalar_one()
        if last is not None:
            sequence = func.pg_get_serial_sequence(table.name, number.name)
            await connection.execute(select(func.setval(sequence, last)))
