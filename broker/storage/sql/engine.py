"""The database behind an address, set up so that no update is lost.

`sqlite` and `postgresql` say how. What both promise is `broker.storage.sql.connection.Database`: a
writer's transaction is all or nothing, a reader sees what was committed, and a snapshot sees one
state however long it looks.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from broker.storage.sql.connection import Database
from broker.storage.sql.sqlite import Synchronous, open_file, open_memory

CONNECTIONS: Final = 8
_MEMORY: Final = (None, "", ":memory:")


def is_in_memory(url: str) -> bool:
    """Is this the address of a database that nobody else can reach?"""
    parsed = make_url(url)
    return parsed.get_backend_name() == "sqlite" and parsed.database in _MEMORY


def open_database(
    url: str, *, synchronous: Synchronous = "FULL", connections: int = CONNECTIONS
) -> Database:
    """Open `sqlite:///path/to/file`, in memory `sqlite://`, or `postgresql://user@host/name`.

    Raises `ValueError` for another kind of address and `StorageUnavailable` when a file cannot be
    created. PostgreSQL is not connected to before it is asked for something.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        # Imported here: its driver takes a tenth of a second that an installation on SQLite spares.
        from broker.storage.sql.postgresql import Postgres  # noqa: PLC0415

        return Postgres(parsed, connections=connections)
    if parsed.get_backend_name() != "sqlite":
        raise ValueError(f"unsupported database: {parsed.get_backend_name()}")
    if is_in_memory(url):
        return open_memory()
    return open_file(Path(parsed.database or ""), synchronous=synchronous)


def missing_file(url: str) -> Path | None:
    """The file of this address if it is not there: only a migration may make it."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or is_in_memory(url):
        return None
    path = Path(parsed.database or "")
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return path
    except OSError:  # whoever opens it is told why it cannot be
        return None
    return None
