"""A CSV export as rows of named columns, whatever their order, separator or quoting.

It judges the header and each row's shape. What the fields mean is the business of the modules
that ask for rows: `customers_file`, `invoices_file`, `facilities_file`.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter, methodcaller
from typing import cast

from broker.registers.findings import FileRefused, Reason
from broker.registers.lines import Line, Source, read_lines

LONGEST_FIELD = 320
"""Characters: the longest e-mail address (RFC 5321 section 4.5.3.1)."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that a file must and may have. Rows hold them in this order, missing as ""."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


Row = tuple[int, tuple[str, ...] | Reason]
"""(line, fields of the layout or the reason why it has none)."""


Columns = tuple[Sequence[str], ...]
"""The cells of a block, by the column of the layout."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some hundred rows, with the bytes read so far; `columns` only where nothing is wrong."""

    lines: Sequence[Line]
    columns: Columns | None
    rows: Callable[[], list[Row]]
    done: int


def read_rows(source: Source, layout: Layout) -> Iterator[tuple[list[Row], int]]:
    """Yield the rows after the header, some hundred at a time, and the bytes read so far.

    Raises:
        FileRefused: the file is empty or UTF-16, or columns are missing, unknown or named twice.
    """
    for header, lines, done in _after_header(source, layout):
        fields = header.fields
        yield [(line, fields(text)) for line, text in lines], done


def read_blocks(source: Source, layout: Layout) -> Iterator[Block]:
    """As `read_rows`, for whoever can use columns: a block as it should be is split at once."""
    for header, lines, done in _after_header(source, layout):
        yield Block(lines, header.columns(lines), partial(_rows, header, lines), done)


def _rows(header: "_Header", lines: Sequence[Line]) -> list[Row]:
    return [(line, header.fields(text)) for line, text in lines]


def _after_header(
    source: Source, layout: Layout
) -> Iterator[tuple["_Header", Sequence[Line], int]]:
    header: _Header | None = None
    for lines, done in read_lines(source):
        rows = lines
        if header is None and lines:
            header = _header(source.name, lines[0][1], layout)
            rows = lines[1:]
        if header is not None:
            yield header, rows, done
    if header is None:
        raise FileRefused(source.name, "is empty; its first line must name the columns")


@dataclass(frozen=True, slots=True)
class _Header:
    """How to make the layout's fields of a line, and its columns of a block."""

    fields: Callable[[str], tuple[str, ...] | Reason]
    columns: Callable[[Sequence[Line]], Columns | None]


def _header(file: str, header: str | Reason, layout: Layout) -> _Header:
    if isinstance(header, Reason):
        raise FileRefused(file, f"its header cannot be read: {header}")
    delimiter = ";" if ";" in header else ","
    places, width = _places(file, _split(header, delimiter), layout)
    return _Header(_fields(delimiter, places, width), _columns(delimiter, places, width))


def _fields(
    delimiter: str, places: Sequence[int], width: int
) -> Callable[[str], tuple[str, ...] | Reason]:
    pick = cast("Callable[[Sequence[str]], tuple[str, ...]]", itemgetter(*places))
    blank = (" " + delimiter, delimiter + " ")

    def fields(text: str) -> tuple[str, ...] | Reason:
        if '"' in text or isinstance(text, Reason):
            split = _split(text, delimiter)
            if isinstance(split, Reason):
                return split
            cells = split
        else:
            cells = text.split(delimiter)
        if len(cells) != width:
            return Reason.COLUMN_COUNT
        if len(text) > LONGEST_FIELD and max(map(len, cells)) > LONGEST_FIELD:
            return Reason.TOO_LONG
        if blank[0] in text or blank[1] in text or not _is_plain(text):
            cells = [cell.strip() for cell in cells]
        cells.append("")
        return pick(cells)

    return fields


def _columns(
    delimiter: str, places: Sequence[int], width: int
) -> Callable[[Sequence[Line]], Columns | None]:
    separators = methodcaller("count", delimiter)
    blank = (" " + delimiter, delimiter + " ")

    def columns(lines: Sequence[Line]) -> Columns | None:
        texts = [text for _, text in lines]
        if set(map(type, texts)) != {str} or set(map(separators, texts)) != {width - 1}:
            return None
        whole = delimiter.join(texts)
        if blank[0] in whole or blank[1] in whole or not _is_plain(whole):
            return None
        if max(map(len, texts)) > LONGEST_FIELD:
            return None
        cells, missing = whole.split(delimiter), [""] * len(texts)
        return tuple(missing if place == width else cells[place::width] for place in places)

    return columns


def _is_plain(text: str) -> bool:
    """Whether spaces are all that can stand around a cell, right beside its separators."""
    return text.isascii() and '"' not in text and "\t" not in text


def _places(file: str, cells: list[str] | Reason, layout: Layout) -> tuple[Sequence[int], int]:
    """Where a row has the layout's columns, and how many cells it has; behind those: missing."""
    if isinstance(cells, Reason):
        raise FileRefused(file, f"its header cannot be read: {cells}")
    names = [cell.strip().casefold() for cell in cells]
    known = layout.required + layout.optional
    named = Counter(name for name in names if name)
    _refuse(file, "lacks", [name for name in layout.required if name not in named])
    _refuse(file, "names twice", [name for name in known if named[name] > 1])
    # A name that is not ours is never repeated: in a file without header it is somebody's number.
    unknown = [str(place) for place, name in enumerate(names, 1) if name and name not in known]
    _refuse(file, f"may only have the columns {', '.join(known)}; unknown are", unknown)
    empty = len(names)
    return [names.index(name) if name in named else empty for name in known], empty


def _refuse(file: str, what: str, columns: list[str]) -> None:
    if columns:
        raise FileRefused(file, f"{what} column {', '.join(columns)}")


def _split(text: str, delimiter: str) -> list[str] | Reason:
    if isinstance(text, Reason):
        return text
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return Reason.QUOTES
