"""Which addresses a provider may send us to: https, on a host that we know, and nothing clever.

Pure text rules; what a host name resolves to is judged in `network`.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_DEFAULT_PORTS = {"https": 443, "http": 80}


def host_of(url: str) -> str:
    """Return the lower-case `host`, or `host:port` where the port is not the scheme's own.

    Empty when the text is not an absolute address with a host.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").lower()
    if not host:
        return ""
    if ":" in host:
        host = f"[{host}]"
    return host if port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f"{host}:{port}"


def is_loopback(url: str) -> bool:
    """Whether the address names this machine, by one of its three usual names."""
    try:
        return urlsplit(url).hostname in LOOPBACK_HOSTS
    except ValueError:
        return False


def is_allowed(url: str, hosts: Collection[str], *, allow_insecure_loopback: bool) -> bool:
    """Whether we may call, or send a browser to, this address.

    `hosts` are as `host_of` writes them. A fragment, a user name, white space, a backslash or a
    character outside visible ASCII is refused, because parsers disagree about them.
    """
    if not all("!" <= character <= "~" for character in url) or "\\" in url or "#" in url:
        return False
    host = host_of(url)
    if not host or host not in hosts:
        return False
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and allow_insecure_loopback and is_loopback(url)
    )
