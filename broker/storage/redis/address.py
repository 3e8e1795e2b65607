"""Addresses of Redis: one server, one behind sentinels, or a cluster. Needs no client to be read.

`redis://user:password@host:6379/0`, `redis+sentinel://host:26379,host:26379/NAME/0`,
`redis+cluster://host:6379,host:6379`; `rediss…` for TLS, whose certificate is always checked
(`?ca=FILE` names an authority of your own).
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

SCHEMES: Final = (
    "redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster",
)  # fmt: skip
_PORTS: Final = {"sentinel": 26379}


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """What an address says. `kind` is empty for one server, else `sentinel` or `cluster`."""

    kind: str
    nodes: tuple[tuple[str, int], ...]
    database: int
    service: str
    user: str
    password: str
    encrypted: bool
    authority: str


def is_redis(url: str) -> bool:
    """Is this an address of Redis?"""
    return urlsplit(url).scheme in SCHEMES


def parse_address(url: str) -> RedisAddress:
    """Read an address. Raises ValueError, which says what is wrong with it."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ValueError("not an address of Redis")
    transport, _, kind = parts.scheme.partition("+")
    userinfo, _, hosts = parts.netloc.rpartition("@")
    user, _, password = userinfo.partition(":")
    path = [step for step in parts.path.split("/") if step]
    if kind == "sentinel" and not path:
        raise ValueError("the name that the sentinels know is missing: …/NAME/0")
    service = path.pop(0) if kind == "sentinel" else ""
    number = path.pop(0) if path else "0"
    if path or not number.isdecimal():
        raise ValueError("the path is not the number of a database")
    if kind == "cluster" and number != "0":
        raise ValueError("a cluster has database 0 only")
    query = parse_qs(parts.query, strict_parsing=bool(parts.query))
    if unknown := query.keys() - {"ca"}:
        raise ValueError(f"unknown option: {min(unknown)}")
    return RedisAddress(
        kind=kind,
        nodes=tuple(_node(each, _PORTS.get(kind, 6379)) for each in hosts.split(",")),
        database=int(number),
        service=service,
        user=unquote(user),
        password=unquote(password),
        encrypted=transport == "rediss",
        authority=query.get("ca", [""])[0],
    )


def _node(text: str, default: int) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise ValueError("a host is missing")
    return parts.hostname, parts.port or default
