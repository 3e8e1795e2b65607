"""A file that is there whole or not at all, readable for its owner alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from broker.cli.speaking import CommandFailed

_OWNER_ONLY = 0o600


@contextmanager
def written_whole(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Yield a file of another name, which takes its name when all of it is on the disk.

    Raises CommandFailed when the name is taken and not `force`, or the disk cannot take it.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.exists() and not force:
            raise CommandFailed(f"{path} is there already.", "Name another file, or add --force.")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise CommandFailed(
            f"{path} cannot be written: {error.strerror}.",
            "See that the folder exists, that the broker's user may write there, and that there is "
            "room.",
        ) from error


def _sync_folder(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
