"""Reading a backup: its manifest at once, then its rows chunk by chunk, judged as they come.

That the file is whole is known only at its end: whoever acts on rows before that must be able to
undo it.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar

import msgspec

from broker.storage.archive.damage import BackupDamaged
from broker.storage.archive.frames import LONGEST, Kind, read_frames
from broker.storage.archive.manifest import Manifest, decode

T = TypeVar("T")

_table = msgspec.msgpack.Decoder(tuple[str, tuple[str, ...]])
_rows = msgspec.msgpack.Decoder(list[tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class TableRows:
    """Some rows of a table, each with a value for every column."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class BackupReader:
    """A backup whose manifest has been read; `chunks` reads the rest, once."""

    manifest: Manifest
    _frames: Iterator[tuple[Kind, bytes]]

    def chunks(self) -> Iterator[TableRows]:
        """Yield every row. Raises BackupDamaged at the latest at the end."""
        table = ""
        columns: tuple[str, ...] = ()
        counted = dict.fromkeys(self.manifest.rows, 0)
        for kind, content in self._frames:
            match kind:
                case Kind.TABLE:
                    table, columns = _decoded(_table, content)
                    if table not in counted or len(set(columns)) != len(columns):
                        raise BackupDamaged("it is damaged: a table is not in its manifest")
                case Kind.ROWS if table:
                    rows = _decoded(_rows, _decompressed(content))
                    if any(len(row) != len(columns) for row in rows):
                        raise BackupDamaged("it is damaged: a row has not its table's columns")
                    counted[table] += len(rows)
                    yield TableRows(table, columns, rows)
                case _:
                    raise BackupDamaged("it is damaged: its frames are not in order")
        if counted != self.manifest.rows:
            raise BackupDamaged("it is damaged: it has not as many rows as its manifest says")


def open_backup(stream: BinaryIO) -> BackupReader:
    """Read the manifest.

    Raises:
        BackupDamaged: it is no backup, or is damaged where this can be seen already.
    """
    frames = read_frames(stream)
    kind, content = next(frames, (Kind.END, b""))
    if kind is not Kind.MANIFEST:
        raise BackupDamaged("it is damaged: it does not begin with its manifest")
    return BackupReader(decode(content), frames)


def _decompressed(content: bytes) -> bytes:
    inflating = zlib.decompressobj()
    try:
        raw = inflating.decompress(content, LONGEST)
    except zlib.error as error:
        raise BackupDamaged("it is damaged: rows cannot be unpacked") from error
    if not inflating.eof or inflating.unused_data:
        raise BackupDamaged("it is damaged: rows cannot be unpacked")
    return raw


def _decoded(decoder: msgspec.msgpack.Decoder[T], content: bytes) -> T:
    try:
        return decoder.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BackupDamaged("it is damaged: rows cannot be read") from error
