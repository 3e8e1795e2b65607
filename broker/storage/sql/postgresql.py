"""PostgreSQL as an engine, through asyncpg.

Writers run in READ COMMITTED and lock the rows that they decide on; readers commit every statement
by itself, which spares two round trips. A connection that the server has closed (a restart, an
administrator) is noticed when it is taken from the pool, without asking the server.
"""

import ssl
from typing import Any, Final

from sqlalchemy import URL, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

_CONNECT_SECONDS: Final = 5.0
_COMMAND_SECONDS: Final = 60.0
_POOL_SECONDS: Final = 10.0
# More than all statements that we have: none is prepared twice on a connection.
_STATEMENTS: Final = 400
_HERE: Final = (None, "", "localhost", "127.0.0.1", "::1")
_SESSION: Final = {
    "application_name": "farstu",
    # A worker that was stopped in mid-transaction must not keep others waiting for its rows.
    "idle_in_transaction_session_timeout": "30s",
    "lock_timeout": "10s",
    "timezone": "UTC",
}


def open_postgresql(url: URL, *, connections: int) -> AsyncEngine:
    """Make the engine of `postgresql://user:password@host:port/name?sslmode=…`; connects later."""
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg", query=_socket(url)),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_POOL_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={
            "timeout": _CONNECT_SECONDS,
            "command_timeout": _COMMAND_SECONDS,
            "prepared_statement_cache_size": _STATEMENTS,
            "ssl": encryption(url),
            "server_settings": _SESSION,
        },
    )
    event.listen(engine.sync_engine, "checkout", _replace_closed)
    return engine


def encryption(url: URL) -> ssl.SSLContext | bool:
    """Return how the connection is encrypted: certificates and names are checked, or it is not.

    Not on this machine; elsewhere always, unless the address says `sslmode=disable`.
    """
    mode = url.query.get("sslmode") or ("disable" if _is_here(url) else "verify-full")
    if mode == "disable":
        return False
    if mode != "verify-full":
        raise ValueError(f"sslmode={mode}: only verify-full and disable say what they do")
    root = url.query.get("sslrootcert")
    return ssl.create_default_context(cafile=root if isinstance(root, str) else None)


def _is_here(url: URL) -> bool:
    return url.host in _HERE


def _socket(url: URL) -> dict[str, Any]:
    """Keep a Unix socket's folder (`?host=/run/postgresql`); the rest of the query is ours."""
    return {"host": url.query["host"]} if "host" in url.query else {}


def _replace_closed(
    connection: DBAPIConnection, _entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    driver: Any = getattr(connection, "driver_connection", None)
    if driver is None or driver.is_closed():
        raise DisconnectionError("the server has closed this connection")
