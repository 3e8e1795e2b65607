"""A file as SQLite is to find it: its owner's only, and with a write-ahead log.

Done each time that a database is opened, before there is a connection of the stores.
"""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from broker.storage.errors import StorageUnavailable

PRIMARY: Final = 0xFF
"""The lowest byte of a code of SQLite's says what it is, the others where it comes from."""

_AGAIN_SECONDS: Final = 0.01


def prepare_file(path: Path, *, busy_seconds: float) -> None:
    """Raises `StorageUnavailable` when it cannot be created, is no database, or stays locked."""
    _create_privately(path)
    _switch_to_write_ahead_log(path, busy_seconds)


def _create_privately(path: Path) -> None:
    """Create the file with mode 0600 before SQLite does; its log files get the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StorageUnavailable("cannot create the database file", detail=str(error)) from error


def _switch_to_write_ahead_log(path: Path, busy_seconds: float) -> None:
    """Choose the journal, once for the life of the file.

    When several processes do that to a new file at once, SQLite does not wait for its busy
    time-out but fails some of them, so we try again ourselves.
    """
    give_up_at = time.monotonic() + busy_seconds
    while True:
        try:
            with closing(sqlite3.connect(path, timeout=busy_seconds)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & PRIMARY == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > give_up_at:
                raise StorageUnavailable("cannot open the database", detail=str(error)) from error
            time.sleep(_AGAIN_SECONDS)
        except sqlite3.DatabaseError as error:
            raise StorageUnavailable("not a database", detail=str(error)) from error
        else:
            return
