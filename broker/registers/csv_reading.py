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


Row = tuple[int, int, tuple[str, ...] | Reason]
"""(line, bytes read so far, fields of the layout or the reason why it has none)."""


def read_rows(source: Source, layout: Layout) -> Iterator[Row]:
    """Yield the rows after the header.

    Raises:
        FileRefused: the file is empty or UTF-16, or columns are missing, unknown or named twice.
    """
    lines = read_lines(source)
    header = next(lines, None)
    if header is None:
        raise FileRefused(source.name, "is empty; its first line must name the columns")
    text = header[2]
    if isinstance(text, Reason):
        raise FileRefused(source.name, f"its header cannot be read: {text}")
    delimiter = ";" if ";" in text else ","
    pick, width = _columns(source.name, _split(text, delimiter), layout)
    for line, done, content in lines:
        if isinstance(content, Reason):
            yield line, done, content
        else:
            yield line, done, _fields(content, delimiter, pick, width)


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


def _fields(text: str, delimiter: str, pick: _Pick, width: int) -> tuple[str, ...] | Reason:
    cells = _split(text, delimiter)
    if isinstance(cells, Reason):
        return cells
    if len(cells) != width:
        return Reason.COLUMN_COUNT
    if len(text) > LONGEST_FIELD and max(map(len, cells)) > LONGEST_FIELD:
        return Reason.TOO_LONG
    if " " in text or "\xa0" in text:
        cells = [cell.strip() for cell in cells]
    cells.append("")
    return pick(cells)


def _split(text: str, delimiter: str) -> list[str] | Reason:
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return Reason.QUOTES
