"""Judging addresses as text: origins, loopback, and what a registered address may look like.

Nothing is resolved and nothing is normalised: an address is compared as it is written.
"""

import ipaddress
import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

_PRINTABLE = re.compile(r"[!-\[\]-~]+")  # visible ASCII without the backslash
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
_APP_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")  # RFC 8252 section 7.1
_ANSWER_PARAMETERS = frozenset(
    {"code", "state", "iss", "error", "error_description", "error_uri", "response"}
)


def split(address: str) -> SplitResult | None:
    """Take an address apart; None if it is none, or if readers could disagree about it."""
    if not _PRINTABLE.fullmatch(address):
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts


def is_ip_literal(host: str) -> bool:
    """Whether a host is an IP address, odd spellings of IPv4 (`0x7f.1`, `2130706433`) included."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2]
        return bool(re.fullmatch(r"\d+|0x[0-9a-f]*", last, re.IGNORECASE))
    return True


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_loopback_address(address: str) -> bool:
    """Whether an address points to this machine itself."""
    parts = split(address)
    return parts is not None and is_loopback(parts.hostname or "")


def origin_fault(address: str) -> str | None:
    """Say why this cannot be our issuer (an origin and nothing more), or return None."""
    parts = split(address)
    if parts is None or parts.scheme not in {"https", "http"} or not parts.hostname:
        return "Not an https address."
    understood_port = 443 if parts.scheme == "https" else 80
    return _first(
        ("@" in parts.netloc, "It holds a user name."),
        (bool(parts.path), "It has a path or a slash at the end."),
        ("?" in address or "#" in address, "It has a query or a fragment."),
        (address != address.lower(), "It has capital letters, and is compared byte for byte."),
        (parts.netloc.endswith(":"), "It has a colon without a port."),
        (parts.port == understood_port, "It names the port that is understood anyway."),
        (
            parts.scheme == "http" and not is_loopback(parts.hostname),
            "It is http, and so everything could be read and changed on the way.",
        ),
    ) or _host_fault(parts)


def redirect_fault(address: str) -> str | None:
    """Say why answers must not go to this address (RFC 9700 section 2.1), or return None.

    Allowed are https, http on this machine (RFC 8252 section 7.3), and an app's own scheme with a
    dot in it (RFC 8252 section 7.1).
    """
    parts = split(address)
    if parts is None or not parts.scheme:
        return "Not an absolute address in plain ASCII."
    names = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    is_web = parts.scheme in {"http", "https"}
    fault = _first(
        ("#" in address, "It has a fragment."),
        ("*" in address, "It has a wildcard; addresses are compared exactly."),
        (_has_dot_segment(parts.path), "Its path has `.` or `..` in it."),
        (
            not names.isdisjoint(_ANSWER_PARAMETERS),
            "Its query already holds a parameter that the answer has.",
        ),
        (
            not is_web and not is_app_scheme(parts.scheme),
            "Its scheme is neither https nor an app's own.",
        ),
    )
    return fault or (_web_fault(parts) if is_web else None)


def is_app_scheme(scheme: str) -> bool:
    """Whether a scheme is an app's own: a domain name turned round, so that it has a dot."""
    return _APP_SCHEME.fullmatch(scheme) is not None


def link_fault(address: str) -> str | None:
    """Say why this is no address to send people to, or return None."""
    parts = split(address)
    if parts is None or parts.scheme not in {"http", "https"}:
        return "Not an https address."
    return _web_fault(parts)


def upstream_fault(address: str, *, http_allowed: bool) -> str | None:
    """Say why we must not fetch from this address, or return None."""
    parts = split(address)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        return "Not an https address."
    if "@" in parts.netloc or "#" in address or "?" in address:
        return "It holds a user name, a query or a fragment."
    if parts.scheme == "http" and not (http_allowed and is_loopback(parts.hostname)):
        return "It is http, which is only for this machine, and while our own issuer is on it too."
    return _host_fault(parts)


def _first(*tests: tuple[bool, str]) -> str | None:
    """Return the text of the first test that found a fault."""
    return next((text for is_faulty, text in tests if is_faulty), None)


def _web_fault(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    return _first(
        ("@" in parts.netloc, "It holds a user name."),
        (parts.scheme == "http" and not is_loopback(host), "It is http."),
        (is_ip_literal(host) and not is_loopback(host), "Its host is an IP address."),
    ) or _host_fault(parts)


def _host_fault(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    if ":" in host or (_HOST.fullmatch(host) and ".." not in host):
        return None
    return "Its host is not a host name (write other letters as xn--…)."


def _has_dot_segment(path: str) -> bool:
    decoded = re.sub("%2e", ".", path, flags=re.IGNORECASE)
    return any(segment in {".", ".."} for segment in decoded.split("/"))
