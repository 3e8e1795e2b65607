"""What DNS does elsewhere: host names lead to ports of this machine, for outbound calls of a test.

The addresses stay as they are, so that certificates are verified by their names.
"""

from collections.abc import Iterable, Mapping

import httpcore2

from providers.network import PoolTransport

HERE = "127.0.0.1"
_HTTPS = 443


class Signposts(httpcore2.AsyncNetworkBackend):
    """Leads every host name to its port on this machine: what DNS does elsewhere."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._ports = ports
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface of httpcore2
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to where the host stands; 443 is the only port there is."""
        if port != _HTTPS:
            raise httpcore2.ConnectError("connection refused")
        return await self._inner.connect_tcp(
            HERE, self._ports[host], timeout, local_address, socket_options
        )

    async def sleep(self, seconds: float) -> None:
        """As the inner one."""
        await self._inner.sleep(seconds)


class Shared(PoolTransport):
    """A transport that outlives the clients that are made on it: Authlib makes one per call."""

    async def aclose(self) -> None:
        """Leave it open; the town closes the pool."""
