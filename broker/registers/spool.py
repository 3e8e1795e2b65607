"""Rows in any order in, the same rows in the order of their keys out, whatever their number.

A register's keys are hashes: in the order of a file each row lands on another page of the index,
and every batch rewrites it all. In the order of the keys an index only grows at its end. So rows
wait here, in drawers by the first bits of their key; what is too much for memory goes to a
temporary file that has no name and ends with the process. It holds what the index will hold, no
more: hashes, dates, sealed contacts.
"""

import tempfile
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Generic, TypeVar, cast

import msgspec

from broker.storage.errors import StorageUnavailable

DRAWERS = 1024
"""Of ten million customers with their invoices one holds some hundred thousand rows."""

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

    def read(self, begin: int, end: int) -> list[R]:
        """Rows that were put away together."""
        file = self._opened()
        file.seek(begin)
        return cast("list[R]", self._decoder.decode(file.read(end - begin)))

    def _opened(self) -> BinaryIO:
        if self._file is None:
            self._file = cast("BinaryIO", tempfile.TemporaryFile(dir=self._folder))  # noqa: SIM115
        return self._file


class Drawers(Generic[R]):
    """One company's rows."""

    def __init__(self, spool: Spool[R]) -> None:
        self._spool = spool
        self._drawers: list[list[R]] = [[] for _ in range(DRAWERS)]
        self._away: list[array[int]] = []
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
        ends = array("Q", [file.seek(0, 2)])
        for drawer in self._drawers:
            if drawer:
                file.write(encode(drawer))
                drawer.clear()
            ends.append(file.tell())
        self._away.append(ends)

    def take(self) -> Iterator[R]:
        """All rows, sorted; asked for once, since the drawers are emptied on the way."""
        for place, drawer in enumerate(self._drawers):
            for ends in self._away:
                if ends[place] < ends[place + 1]:
                    drawer.extend(self._spool.read(ends[place], ends[place + 1]))
            drawer.sort()
            yield from drawer
            drawer.clear()
