"""The file's outer form: a first line, frames (kind, length, content), and a digest at the end.

SHA-256 over everything before it shows truncation and damage. It does not show who made the file:
whoever may write it may write the digest too.
"""

import hashlib
import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import BinaryIO, Final

from broker.storage.archive.damage import BackupDamaged

FIRST_LINE: Final = b"farstu backup 1\n"
_HEAD: Final = struct.Struct(">BI")
_DIGEST_BYTES: Final = 32
LONGEST: Final = 64 * 1024 * 1024
"""Bytes in a frame, many times what is ever written: damage must not make a reader allocate."""


class Kind(IntEnum):
    """What a frame holds. The end's content is the digest of all before its frame."""

    MANIFEST = 1
    TABLE = 2
    ROWS = 3
    END = 4


class FrameWriter:
    """Writes frames to a stream, in order, and the end once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._put(FIRST_LINE)

    def write(self, kind: Kind, content: bytes) -> None:
        """Write one frame."""
        if len(content) > LONGEST:
            raise ValueError("a frame is too long")
        self._put(_HEAD.pack(kind, len(content)))
        self._put(content)

    def end(self) -> None:
        """Write the digest: without it the file is none."""
        self.write(Kind.END, self._digest.digest())

    def _put(self, raw: bytes) -> None:
        self._digest.update(raw)
        self._stream.write(raw)


def read_frames(stream: BinaryIO) -> Iterator[tuple[Kind, bytes]]:
    """Yield the frames before the end; what was yielded is proved only when this is exhausted.

    Raises:
        BackupDamaged: the file is no backup, is cut off, or is not what was written.
    """
    if stream.read(len(FIRST_LINE)) != FIRST_LINE:
        raise BackupDamaged("it is not a backup that this release can read")
    digest = hashlib.sha256(FIRST_LINE)
    while True:
        head = _exactly(stream, _HEAD.size)
        kind, length = _HEAD.unpack(head)
        if kind == Kind.END:
            _check_end(stream, length, digest.digest())
            return
        if kind not in set(Kind) or length > LONGEST:
            raise BackupDamaged("it is damaged: a frame is none of ours")
        content = _exactly(stream, length)
        digest.update(head)
        digest.update(content)
        yield Kind(kind), content


def _exactly(stream: BinaryIO, length: int) -> bytes:
    raw = stream.read(length)
    if len(raw) != length:
        raise BackupDamaged("it is cut off")
    return raw


def _check_end(stream: BinaryIO, length: int, expected: bytes) -> None:
    if length != _DIGEST_BYTES or _exactly(stream, length) != expected:
        raise BackupDamaged("it is damaged: its digest is another")
    if stream.read(1):
        raise BackupDamaged("it is damaged: something follows its end")
