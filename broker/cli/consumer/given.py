"""What the command is given, read and judged: addresses, statuses, claims."""

import json
import math
import ssl
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx2
import typer

from broker.settings.addresses import split

_OURS = frozenset({"iss", "aud", "exp", "iat", "nbf", "jti"})
_LARGEST_FILE = 64 * 1024
_DEEPEST = 32


def service_origin(url: str) -> str:
    """The origin of an http or https address, or BadParameter."""
    parts = split(url)
    usable = parts and parts.scheme in {"http", "https"} and parts.hostname
    if parts is None or not usable or not _can_be_asked(url):
        raise typer.BadParameter("--service is an address such as http://127.0.0.1:9000/me.")
    _check_labels("--service", parts.hostname or "")
    if "@" in parts.netloc or parts.fragment:
        raise typer.BadParameter("--service has a user name or a fragment: leave it out.")
    return f"{parts.scheme}://{parts.netloc}"


def _can_be_asked(url: str) -> bool:
    """Whether the client takes it for an address too."""
    try:
        httpx2.URL(url)
    except httpx2.InvalidURL:
        return False
    return True


def _check_labels(option: str, host: str) -> None:
    """Raise BadParameter where Python would not even ask for the name (RFC 1035 section 2.3.4)."""
    try:
        host.encode("idna")
    except UnicodeError:
        raise typer.BadParameter(
            f"{option}: this cannot be a host's name: between two dots are 1 to 63 characters."
        ) from None


def listen_address(text: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:8765` or `[::1]:8765`, or BadParameter."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port is None or _has_more(text):
        raise typer.BadParameter("--listen is HOST:PORT, such as 127.0.0.1:8765 or [::1]:8765.")
    _check_labels("--listen", host)
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
    found = _read_json(path)
    if not isinstance(found, dict):
        raise typer.BadParameter(f"{path} is no JSON object of claims.")
    if ours := sorted(_OURS & found.keys()):
        raise typer.BadParameter(
            f"{path} has {', '.join(ours)}, which the examination sets itself: leave it out."
        )
    return found


def _read_json(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}.") from None
    if len(raw) > _LARGEST_FILE:
        raise typer.BadParameter(f"{path} is too long: a token has room for 64 KiB at most.")
    try:
        found = json.loads(raw, parse_constant=_no_number, parse_float=_finite)
    except ValueError:
        raise typer.BadParameter(f"{path} is no JSON.") from None
    except RecursionError:
        raise _too_deep(path) from None
    if not _is_shallow(found, _DEEPEST):
        raise _too_deep(path)
    return found


def _too_deep(path: Path) -> typer.BadParameter:
    return typer.BadParameter(f"{path} is nested too deeply: {_DEEPEST} levels at most.")


def _no_number(word: str) -> NoReturn:
    raise typer.BadParameter(f"--claims: {word} is no number that a token can hold.")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits[:20])


def _is_shallow(value: Any, levels: int) -> bool:
    """Whether lists and objects stand within each other no deeper than this."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in inner)


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
