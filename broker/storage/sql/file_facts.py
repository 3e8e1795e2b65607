"""What can be seen of a database that is a file: room, modes, and whether its pages are sound.

Reads only, on a connection of its own. A damaged file is a fact here, not an error.
"""

import os
import shutil
import sqlite3
import stat
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_BESIDE = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Bytes, and modes by file name. `damage` is what SQLite says of it; empty when all is well.

    `unwritable` are those of the files, and their folder, that this user may not write.
    """

    path: Path
    size: int
    log_size: int
    free: int
    modes: Mapping[str, int]
    damage: str = ""
    unwritable: tuple[str, ...] = ()


def read_file_facts(path: Path) -> FileFacts:
    """Look at the file and its log; the pages are checked one by one. Raises OSError."""
    there = [each for each in (path.with_name(path.name + end) for end in _BESIDE) if each.exists()]
    log = path.with_name(f"{path.name}-wal")
    return FileFacts(
        path=path,
        size=path.stat().st_size,
        log_size=log.stat().st_size if log.exists() else 0,
        free=shutil.disk_usage(path.parent).free,
        modes={each.name: stat.S_IMODE(each.stat().st_mode) for each in there},
        damage=_damage(path),
        unwritable=_unwritable(path.parent, *there),
    )


def _unwritable(*places: Path) -> tuple[str, ...]:
    return tuple(str(each) for each in places if not os.access(each, os.W_OK))


def _damage(path: Path) -> str:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            said = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if said == ("ok",) else str(said[0])
