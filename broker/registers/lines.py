"""Bytes of an export as numbered lines of text, without ever holding more than one line.

Every line is decoded by itself: as UTF-8 where it is valid UTF-8, else as Windows-1252. Swedish
text in Windows-1252 is never valid UTF-8 by chance, so this needs no look ahead, and a file that
was joined from two systems reads right too. A line is a row: line breaks inside quotation marks
are not followed, so that one forgotten mark costs one row and not the rest of the file.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from broker.registers.findings import FileRefused, Reason

LONGEST_LINE = 16_384
"""Bytes. A register row is some 100; a name, address and phone in it at most a few hundred."""

_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: its name for reports, its bytes, and its size for the progress bar."""

    name: str
    stream: BinaryIO
    size: int


def read_lines(source: Source) -> Iterator[tuple[int, int, str | Reason]]:
    """Yield (line number from 1, bytes read so far, text or why it is no text) of filled lines.

    Raises:
        FileRefused: the file is UTF-16.
    """
    done = number = 0
    while raw := source.stream.readline(LONGEST_LINE):
        number += 1
        done += len(raw)
        if number == 1:
            raw = _without_mark(source.name, raw)
        if len(raw) >= LONGEST_LINE and not raw.endswith(b"\n"):
            done += _skip_line(source.stream)
            yield number, done, Reason.LINE_TOO_LONG
        elif stripped := raw.strip(b" \t\r\n"):
            yield number, done, _decode(stripped)


def _without_mark(name: str, raw: bytes) -> bytes:
    if raw.startswith(_UTF16):
        raise FileRefused(name, "is UTF-16; export it as UTF-8 or Windows-1252")
    return raw.removeprefix(codecs.BOM_UTF8)


def _skip_line(stream: BinaryIO) -> int:
    skipped = 0
    while raw := stream.readline(LONGEST_LINE):
        skipped += len(raw)
        if raw.endswith(b"\n"):
            break
    return skipped


def _decode(raw: bytes) -> str | Reason:
    if _CONTROL.search(raw):
        return Reason.CONTROL_CHARACTER
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return raw.decode("cp1252")
        except UnicodeDecodeError:
            return Reason.ENCODING
