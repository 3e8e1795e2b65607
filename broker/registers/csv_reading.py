"""A CSV export as rows of named columns, whatever their order, separator or quoting.

It judges the header and each row's shape. What the fields mean is the business of the modules
that ask for rows: `customers_file`, `invoices_file`, `facilities_file`.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import cast

from broker.registers.findings import FileRefused, Reason
from broker.registers.lines import Source, read_lines

LONGEST_FIELD = 320
"""Characters: the longest e-mail address (RFC 5321 section 4.5.3.1)."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that a file must and may have. Rows hold them in this order, missing as ""."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


Row = tuple[int, tuple[str, ...] | Reason]
"""(line, fields of the layout or the reason why it has none)."""


def read_rows(source: Source, layout: Layout) -> Iterator[tuple[list[Row], int]]:
    """Yield the rows after the header, some hundred at a time, and the bytes read so far.

    Raises:
        FileRefused: the file is empty or UTF-16, or columns are missing, unknown or named twice.
    """
    fields: Callable[[str], tuple[str, ...] | Reason] | None = None
    for lines, done in read_lines(source):
        rows = lines
        if fields is None and lines:
            fields = _reader(source.name, lines[0][1], layout)
            rows = lines[1:]
        if fields is not None:
            yield [(line, fields(text)) for line, text in rows], done
    if fields is None:
        raise FileRefused(source.name, "is empty; its first line must name the columns")


def _reader(
    file: str, header: str | Reason, layout: Layout
) -> Callable[[str], tuple[str, ...] | Reason]:
    """How to make the layout's fields of a line."""
    if isinstance(header, Reason):
        raise FileRefused(file, f"its header cannot be read: {header}")
    delimiter = ";" if ";" in header else ","
    pick, width = _columns(file, _split(header, delimiter), layout)
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


def _is_plain(text: str) -> bool:
    """Whether spaces are all that can stand around a cell, right beside its separators."""
    return text.isascii() and '"' not in text and "\t" not in text


_Pick = Callable[[Sequence[str]], tuple[str, ...]]


def _columns(file: str, cells: list[str] | Reason, layout: Layout) -> tuple[_Pick, int]:
    """How to take the layout's columns out of a row, and how many cells a row has."""
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
    places = [names.index(name) if name in named else empty for name in known]
    return cast("_Pick", itemgetter(*places)), len(names)


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
