"""What PostgreSQL's address says of the way there: by a socket or a network, in clear or in TLS."""

import ssl
from typing import Any, Final

from sqlalchemy import URL

_HERE: Final = (None, "", "localhost", "127.0.0.1", "::1")


def encryption(url: URL) -> ssl.SSLContext | bool:
    """Return how the connection is encrypted: certificates and names are checked, or it is not.

    Not on this machine; elsewhere, and where an authority is named, always, unless the address
    says `sslmode=disable`.
    """
    root = url.query.get("sslrootcert")
    is_clear = _is_here(url) and not root
    mode = url.query.get("sslmode") or ("disable" if is_clear else "verify-full")
    if mode == "disable":
        return False
    if mode != "verify-full":
        raise ValueError(f"sslmode={mode}: only verify-full and disable say what they do")
    return ssl.create_default_context(cafile=root if isinstance(root, str) else None)


def socket_of(url: URL) -> dict[str, Any]:
    """Keep a Unix socket's folder (`?host=/run/postgresql`); the rest of the query is ours."""
    return {"host": url.query["host"]} if "host" in url.query else {}


def _is_here(url: URL) -> bool:
    """By what is connected to: `?host=` stands before the address's own, and may name a server."""
    host = socket_of(url).get("host", url.host)
    return host in _HERE or str(host).startswith("/")
