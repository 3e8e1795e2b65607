"""What the command is given, read and judged: addresses, statuses, claims."""

import json
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import typer

from broker.settings.addresses import split

_OURS = frozenset({"iss", "aud", "exp", "iat", "nbf", "jti"})
_LARGEST_FILE = 64 * 1024


def service_origin(url: str) -> str:
    """The origin of an http or https address, or BadParameter."""
    parts = split(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise typer.BadParameter("--service is an address such as http://127.0.0.1:9000/me.")
    if "@" in parts.netloc or parts.fragment:
        raise typer.BadParameter("--service has a user name or a fragment: leave it out.")
    return f"{parts.scheme}://{parts.netloc}"


def listen_address(text: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:8765` or `[::1]:8765`, or BadParameter."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port is None or _has_more(text):
        raise typer.BadParameter("--listen is HOST:PORT, such as 127.0.0.1:8765 or [::1]:8765.")
    return host, port


def _has_more(text: str) -> bool:
    """Whether there is more in it than a host and a port."""
    return any(each in text for each in "/?#@ ")


def issuer_address(text: str, host: str, port: int) -> str:
    """The issuer as the service is to know it, or BadParameter."""
    if not text:
        if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not listened on
            raise typer.BadParameter(
                f"{host} is every address of this machine: say with --issuer by which one the"
                f" service gets here, such as http://host.docker.internal:{port}."
            )
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    parts = split(text)
    plain = parts and parts.scheme in {"http", "https"} and parts.hostname
    if not parts or not plain or text != f"{parts.scheme}://{parts.netloc}" or "@" in text:
        raise typer.BadParameter("--issuer is an origin without a path or a slash at the end.")
    return text


def statuses(text: str) -> frozenset[int]:
    """`200,204` as numbers; every 2xx where nothing is given."""
    if not text:
        return frozenset(range(200, 300))
    words = [each.strip() for each in text.split(",")]
    if not all(each.isascii() and each.isdigit() and len(each) == 3 for each in words):  # noqa: PLR2004
        raise typer.BadParameter("--accepts is one or more statuses, such as 200,204.")
    found = frozenset(int(each) for each in words)
    if found & {401, 403}:
        raise typer.BadParameter("--accepts: 401 and 403 are how a token is refused.")
    return found


def more_claims(path: Path | None) -> dict[str, Any]:
    """The file's JSON object, or BadParameter; what the examination itself writes is not for it."""
    if path is None:
        return {}
    try:
        raw = path.read_bytes()[:_LARGEST_FILE]
        found = json.loads(raw)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise typer.BadParameter(f"{path} is no JSON.") from None
    if not isinstance(found, dict):
        raise typer.BadParameter(f"{path} is no JSON object of claims.")
    if ours := sorted(_OURS & found.keys()):
        raise typer.BadParameter(
            f"{path} has {', '.join(ours)}, which the examination sets itself: leave it out."
        )
    return found


def trust(path: Path | None) -> ssl.SSLContext:
    """Whom to believe about https; `path` has further certificates in PEM."""
    context = ssl.create_default_context()
    if path is not None:
        try:
            context.load_verify_locations(path)
        except OSError as error:  # ssl.SSLError is one too
            reason = error.strerror or "it holds no certificate"
            raise typer.BadParameter(f"{path} cannot be used: {reason}.") from None
    return context
