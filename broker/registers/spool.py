"""Rows in any order in, the same rows in the order of their keys out, whatever their number.

A register's keys are hashes: in the order of a file each row lands on another page of the index,
and every batch rewrites it all. In the order of the keys an index only grows at its end. So rows
wait here, in drawers by the first bits of their key; what is too much for memory goes to a
temporary file that has no name and ends with the process. It holds what the index will hold, no
more: hashes, dates, sealed contacts.

What a drawer put away is a chain in the file, the last piece first: memory holds its end alone. A
drawer that is itself too much for memory is read several times, for a part of its keys each.
"""

import tempfile
from array import array
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from struct import Struct
from types import TracebackType
from typing import BinaryIO, Generic, TypeVar, cast

import msgspec

from broker.storage.errors import StorageUnavailable

DRAWERS = 1024
"""By the first ten bits of the key. Of a million customers one holds some thousand."""

_PARTS = 64
"""In so many at most a drawer is taken: by the other six bits of the key's first two bytes."""

_HEAD = Struct("<qQ")
"""Before each piece in the file: where the one before it begins, and how many bytes follow."""

_NOWHERE = -1

R = TypeVar("R", bound=tuple[object, ...])
"""The key (two bytes or more) and, behind it, what tells rows of one key apart by order."""


class Spool(Generic[R]):
    """Sets of drawers for rows of one type; in all of them together `room` rows are in memory.

    `folder` is for the temporary file; by default the system's own.
    """

    def __init__(self, row: type[R], *, room: int, folder: Path | None = None) -> None:
        self._decoder = msgspec.msgpack.Decoder(list[row])  # type: ignore[valid-type]
        self._room = room
        self._folder = folder
        self._held = 0
        self._sets: list[Drawers[R]] = []
        self._file: BinaryIO | None = None

    def __enter__(self) -> "Spool[R]":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Forget everything."""
        if self._file is not None:
            self._file.close()

    def drawers(self) -> "Drawers[R]":
        """A new set; what is put into it comes from it."""
        drawers: Drawers[R] = Drawers(self)
        self._sets.append(drawers)
        return drawers

    def took(self, count: int) -> None:
        """So many rows more are held; beyond the room for them, all go to the file."""
        self._held += count
        if self._held > self._room:
            try:
                for drawers in self._sets:
                    drawers.put_away(self._opened())
            except OSError as error:
                raise StorageUnavailable("no room to sort in", detail=str(error)) from error
            self._held = 0

    def parts(self, count: int) -> int:
        """In how many parts so many rows are taken, so that none is much larger than the room."""
        return max(1, min(_PARTS, -(-count // max(1, self._room))))

    def pieces(self, last: int) -> Iterator[list[R]]:
        """The rows of a chain, piece by piece."""
        while last != _NOWHERE:
            file = self._opened()
            file.seek(last)
            last, size = _HEAD.unpack(file.read(_HEAD.size))
            yield cast("list[R]", self._decoder.decode(file.read(size)))

    def _opened(self) -> BinaryIO:
        if self._file is None:
            self._file = cast("BinaryIO", tempfile.TemporaryFile(dir=self._folder))  # noqa: SIM115
        return self._file


class Drawers(Generic[R]):
    """One company's rows."""

    def __init__(self, spool: Spool[R]) -> None:
        self._spool = spool
        self._drawers: list[list[R]] = [[] for _ in range(DRAWERS)]
        self._counts = array("Q", [0]) * DRAWERS
        self._last = array("q", [_NOWHERE]) * DRAWERS
        self.count = 0

    def put(self, rows: Iterable[R]) -> None:
        """Put rows into their drawers."""
        drawers = self._drawers
        count = 0
        for row in rows:
            key = cast("bytes", row[0])
            drawers[key[0] << 2 | key[1] >> 6].append(row)
            count += 1
        self.count += count
        self._spool.took(count)

    def put_away(self, file: BinaryIO) -> None:
        """Write all drawers to the end of the file and empty them."""
        encode = msgspec.msgpack.Encoder().encode
        end = file.seek(0, 2)
        for place, drawer in enumerate(self._drawers):
            if drawer:
                rows = encode(drawer)
                begin = end
                end += file.write(_HEAD.pack(self._last[place], len(rows)) + rows)
                self._last[place] = begin
                self._counts[place] += len(drawer)
                drawer.clear()

    def take(self) -> Iterator[R]:
        """All rows, sorted; asked for once, since the drawers are emptied on the way."""
        for place, drawer in enumerate(self._drawers):
            parts = self._spool.parts(self._counts[place] + len(drawer))
            for part in range(parts):
                yield from self._sorted(place, part, parts)
            drawer.clear()

    def _sorted(self, place: int, part: int, parts: int) -> list[R]:
        """The rows of one drawer that belong to one of so many parts."""
        rows: list[R] = []
        for piece in chain([self._drawers[place]], self._spool.pieces(self._last[place])):
            rows += piece if parts == 1 else (row for row in piece if _part(row, parts) == part)
        rows.sort()
        return rows


def _part(row: tuple[object, ...], parts: int) -> int:
    """Which of so many parts of its drawer a row belongs to, in the order of the keys."""
    return (cast("bytes", row[0])[1] & 63) * parts >> 6
