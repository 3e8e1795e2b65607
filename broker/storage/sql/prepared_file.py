"""A file as SQLite is to find it: its owner's only, and with a write-ahead log.

Done each time that a database is opened, before there is a connection of the stores.
"""

import os
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from broker.storage.errors import StorageUnavailable

PRIMARY: Final = 0xFF
"""The lowest byte of a code of SQLite's says what it is, the others where it comes from."""

_AGAIN_SECONDS: Final = 0.01
_CREATING: Final = threading.Lock()
"""So that no thread finds the file, and opens it, before the one that creates it has closed it."""


def prepare_file(path: Path, *, busy_seconds: float) -> None:
    """Raises `StorageUnavailable` when it cannot be created, is no database, or stays locked."""
    _create_privately(path)
    _switch_to_write_ahead_log(path, busy_seconds)


def _create_privately(path: Path) -> None:
    """Create the file with mode 0600 before SQLite does; its log files get the same mode.

    A file that is there is not opened: when a process closes a file, the system takes away all
    locks that it has on it, SQLite's too (sqlite.org/howtocorrupt, section 2.2). The next command
    would then take the log for left over, and delete it with what was just written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _CREATING:
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError as error:
        if not path.exists():  # what is no folder stands in its folder's place
            raise StorageUnavailable(
                "cannot create the database file", detail=str(error)
            ) from error
    except OSError as error:
        raise StorageUnavailable("cannot create the database file", detail=str(error)) from error
    if not os.access(path, os.R_OK | os.W_OK):
        raise StorageUnavailable("cannot create the database file", detail="may not write it")


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
