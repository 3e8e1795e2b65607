"""Does this container's broker live? Ends with 0 or 1; for HEALTHCHECK, which has no curl.

Reads the port where the broker does: the environment, else the configuration file. It needs the
standard library alone and trusts no certificate: it asks its own process.
"""

import http.client
import os
import ssl
import sys
import tomllib
from pathlib import Path
from typing import Any

_SECONDS = 2


def main() -> int:
    """Ask `/livez`."""
    server = _server(Path(os.environ.get("FARSTU_CONFIG") or "farstu.toml"))
    port = int(os.environ.get("FARSTU_SERVER__PORT") or server.get("port", 8000))
    has_tls = os.environ.get("FARSTU_SERVER__TLS_CERTIFICATE") or server.get("tls_certificate")
    connection = _connection(port, has_tls=bool(has_tls))
    try:
        connection.request("GET", "/livez")
        return 0 if connection.getresponse().status == http.HTTPStatus.OK else 1
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"port {port}: {error}\n")
        return 1
    finally:
        connection.close()


def _server(path: Path) -> dict[str, Any]:
    """Return the table `[server]`; where the file cannot be read, the broker has said so."""
    try:
        with path.open("rb") as file:
            return dict(tomllib.load(file).get("server", {}))
    except (OSError, ValueError):
        return {}


def _connection(port: int, *, has_tls: bool) -> http.client.HTTPConnection:
    if not has_tls:
        return http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=_SECONDS, context=context)


if __name__ == "__main__":
    sys.exit(main())
