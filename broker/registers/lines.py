"""Bytes of an export as numbered lines of text, without ever holding more than a block of them.

Every line is decoded by itself: as UTF-8 where it is valid UTF-8, else as Windows-1252. Swedish
text in Windows-1252 is never valid UTF-8 by chance, so this needs no look ahead, and a file that
was joined from two systems reads right too. A line is a row: line breaks inside quotation marks
are not followed, so that one forgotten mark costs one row and not the rest of the file.

A block in which nothing is wrong is decoded at once, with the same result.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from broker.registers.findings import FileRefused, Reason

LONGEST_LINE = 16_384
"""Bytes. A register row is some 100; a name, address and phone in it at most a few hundred."""

_BLOCK = 65_536
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_UNEXPECTED = bytes(range(9)) + bytes(range(0x0B, 0x0D)) + bytes(range(0x0E, 0x20)) + b"\x7f"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MOST_BYTES_A_CHARACTER = 4

Line = tuple[int, str | Reason]
"""(line number from 1, text or why it is no text)."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: its name for reports, its bytes, and its size for the progress bar."""

    name: str
    stream: BinaryIO
    size: int


def read_lines(source: Source) -> Iterator[tuple[list[Line], int]]:
    """Yield the filled lines, some hundred at a time, and how many bytes have been read so far.

    Raises:
        FileRefused: the file is UTF-16.
    """
    done, number = 0, 1
    for block, read in _blocks(source):
        done += read
        texts = _decode_block(block)
        lines = list(enumerate(texts, number))
        yield lines if all(texts) else [line for line in lines if line[1]], done
        number += len(texts)


def _blocks(source: Source) -> Iterator[tuple[bytes, int]]:
    """Yield whole lines without the last line break, and how many bytes were read for them.

    Of a line that is too long only the beginning is kept, enough to see that it is.
    """
    rest = b""
    is_first = True
    while chunk := source.stream.read(_BLOCK):
        read = len(chunk)
        if is_first:
            chunk = _without_mark(source.name, chunk)
            is_first = False
        head, newline, tail = chunk.rpartition(b"\n")
        if newline:
            yield rest + head, read
            rest = tail
        else:
            rest = (rest + tail)[:LONGEST_LINE]
    yield rest, 0


def _without_mark(name: str, raw: bytes) -> bytes:
    if raw.startswith(_UTF16):
        raise FileRefused(name, "is UTF-16; export it as UTF-8 or Windows-1252")
    return raw.removeprefix(codecs.BOM_UTF8)


def _decode_block(block: bytes) -> list[str | Reason]:
    """The lines of a block, at once if all of them are as they should be."""
    is_clean = len(block.translate(None, _UNEXPECTED)) == len(block) and (
        b"\r" not in block or block.count(b"\r") == block.count(b"\r\n") + block.endswith(b"\r")
    )
    if is_clean:
        try:
            texts = block.decode("utf-8").split("\n")
        except UnicodeDecodeError:
            texts = []
        if texts and max(map(len, texts)) * _MOST_BYTES_A_CHARACTER < LONGEST_LINE:
            return texts if _is_bare(block) else [text.strip(" \t\r") for text in texts]
    return [_decode(raw) for raw in block.split(b"\n")]


def _is_bare(block: bytes) -> bool:
    """Whether no line of a clean block begins or ends with what would be stripped off."""
    around = block[:1] + block[-1:]
    return not (
        b"\r" in block or b"\t" in block or b" " in around or b" \n" in block or b"\n " in block
    )


def _decode(raw: bytes) -> str | Reason:
    if len(raw) >= LONGEST_LINE:
        return Reason.LINE_TOO_LONG
    raw = raw.strip(b" \t\r")
    if _CONTROL.search(raw):
        return Reason.CONTROL_CHARACTER
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return raw.decode("cp1252")
        except UnicodeDecodeError:
            return Reason.ENCODING
