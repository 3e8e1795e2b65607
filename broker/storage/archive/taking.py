"""Taking a backup: one state of the database, read table by table, never held in memory."""

import zlib
from collections.abc import AsyncIterator, Callable
from typing import BinaryIO, Final

import msgspec
from sqlalchemy import Table, func, select

from broker.storage.archive import manifest as manifests
from broker.storage.archive.damage import BackupRefused
from broker.storage.archive.frames import FrameWriter, Kind
from broker.storage.archive.manifest import Manifest, Origin
from broker.storage.archive.tables import backed_up, plain
from broker.storage.sql.connection import Connection
from broker.storage.sql.revision import DURABLE, read_revision

Progress = Callable[[str, int, int], None]
"""Told (table, rows done in all, rows in all) after every chunk."""

CHUNK: Final = 2_000
# Hashes and sealed contents do not get smaller, whatever the effort; the rest does at once.
_EFFORT: Final = 1


async def take(
    connection: Connection,
    stream: BinaryIO,
    origin: Origin,
    *,
    with_register: bool,
    on_progress: Progress,
) -> Manifest:
    """Write the whole backup; `connection` sees one state until the end.

    Raises:
        BackupRefused: the schema is not this release's, so this release may not know all of it.
    """
    revision = await read_revision(connection, DURABLE)
    if revision != DURABLE.head:
        raise BackupRefused(f"the database is at {revision}, this release at {DURABLE.head}")
    tables = backed_up(with_register=with_register)
    manifest = Manifest(
        origin=origin,
        schema=revision,
        has_register=with_register,
        rows={table.name: await _count(connection, table) for table in tables},
    )
    writer = FrameWriter(stream)
    writer.write(Kind.MANIFEST, manifests.encode(manifest))
    done = 0
    for table in tables:
        async for written in _write_table(connection, writer, table):
            done += written
            on_progress(table.name, done, manifest.total)
    writer.end()
    return manifest


async def _count(connection: Connection, table: Table) -> int:
    found = await connection.execute(select(func.count()).select_from(table))
    return int(found.scalar_one())


async def _write_table(
    connection: Connection, writer: FrameWriter, table: Table
) -> AsyncIterator[int]:
    """Yield how many rows each chunk had. By primary key: so are they quickest to put back."""
    content = plain(table)
    # Formatted: SQLAlchemy's names are a kind of text of their own, which no codec knows.
    names = [f"{each.name}" for each in content.columns]
    writer.write(Kind.TABLE, msgspec.msgpack.encode((f"{table.name}", names)))
    query = select(content).order_by(*(content.c[key.name] for key in table.primary_key))
    async for chunk in connection.pages(query, size=CHUNK):
        encoded = msgspec.msgpack.encode([tuple(row) for row in chunk])
        writer.write(Kind.ROWS, zlib.compress(encoded, _EFFORT))
        yield len(chunk)
