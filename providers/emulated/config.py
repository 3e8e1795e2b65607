"""Where the emulated providers stand and whom they know; refuses anything but loopback."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from providers.emulated.consoles import Registration, register_demo

PROVIDERS = ("microsoft", "google", "facebook", "yahoo", "generic")


class NotLoopbackError(ValueError):
    """An address could be reached from another machine: emulated providers must not be."""


class BadAddressError(ValueError):
    """An address is not an http(s) address with a path of its own."""


@dataclass(frozen=True, slots=True)
class Config:
    """Base address per provider (such as `http://localhost:8001/google`) and registrations."""

    bases: Mapping[str, str]
    registrations: Mapping[str, tuple[Registration, ...]]

    def __post_init__(self) -> None:
        for base in self.bases.values():
            check_base(base)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names that the bases use; requests for others are refused."""
        return tuple(sorted({urlsplit(base).hostname or "" for base in self.bases.values()}))


def demo_config(origin: str, broker: str) -> Config:
    """Return all five providers under one origin, knowing a broker at another."""
    bases = {name: f"{origin.rstrip('/')}/{name}" for name in PROVIDERS}
    return Config(bases, register_demo(broker))


def check_base(base: str) -> None:
    """Raise NotLoopbackError or BadAddressError unless the base address is safe and usable."""
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.path.strip("/") or base.endswith("/"):
        raise BadAddressError(f"{base}: needs http(s), a path and no slash at the end")
    if not is_loopback(parts.hostname or ""):
        raise NotLoopbackError(f"{base}: emulated providers run on loopback only")


def is_loopback(host: str) -> bool:
    """Say whether only this machine can mean this host (RFC 6761 section 6.3 for names)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
