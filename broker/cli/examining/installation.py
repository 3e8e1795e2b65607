"""What is looked at, and what a check is."""

import ssl
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import httpx2

from broker.settings.schema import Settings
from broker.storage import Storage
from broker.upkeep.finding import Finding


@dataclass(frozen=True, slots=True)
class Installation:
    """`storage` is None when it cannot be opened; `trust` is what a visitor's browser trusts.

    `http` asks our own address; `upstreams` is None but in a test, which plays them itself.
    """

    settings: Settings
    storage: Storage | None
    http: httpx2.AsyncClient
    trust: ssl.SSLContext
    now: Callable[[], datetime]
    upstreams: httpx2.AsyncClient | None = None

    @property
    def kept(self) -> Storage:
        """The storage, for checks that run only where it is open."""
        if self.storage is None:
            raise LookupError("a check that needs the storage runs only with it")
        return self.storage


@dataclass(frozen=True, slots=True)
class Check:
    """A check by name, and what it needs; without that it is left out."""

    name: str
    look: Callable[[Installation], Awaitable[Iterable[Finding]]]
    network: bool = False
    storage: bool = False
