"""The one outbound connection pool: TLS verified, no proxy, no cookies, no private addresses.

Host names are judged in `addresses`; here it is judged what they resolved to, after connecting and
before a byte is sent, so that a second answer from DNS changes nothing (server-side request
forgery). What may be asked, and how long, is `http`'s.
"""

import ssl
from collections.abc import Collection, Iterable
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

import httpcore2
import httpx2

from providers.addresses import LOOPBACK_HOSTS
from providers.registration import Registration

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 section 2.1: an IPv4 address in disguise


def open_client(
    registrations: Iterable[Registration], *, ssl_context: ssl.SSLContext | None = None
) -> httpx2.AsyncClient:
    """Return the client that all providers share; the caller closes it.

    `ssl_context` replaces the default trust store, for an installation with a CA of its own.
    """
    private: set[str] = set()
    for registration in registrations:
        private.update(registration.private_hosts)
        if registration.allow_insecure_loopback:
            private.update(LOOPBACK_HOSTS)
    pool = httpcore2.AsyncConnectionPool(
        ssl_context=ssl_context or httpx2.create_ssl_context(),
        # `http` limits each provider's calls. A limit of all together would be one more queue, in
        # which people wait because of somebody else's provider.
        max_connections=None,
        keepalive_expiry=30.0,
        network_backend=PublicNetwork(httpcore2.AnyIOBackend(), private_hosts=private),
    )
    return httpx2.AsyncClient(
        transport=PoolTransport(pool),
        trust_env=False,
        follow_redirects=False,
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        headers={"User-Agent": "farstu", "Accept-Encoding": "identity"},
    )


def is_public(address: str) -> bool:
    """Whether an IP address is one that the whole Internet can reach."""
    number = ip_address(address.partition("%")[0])
    if isinstance(number, IPv6Address):
        number = _embedded(number) or number
    return number.is_global and not number.is_multicast


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


class PublicNetwork(httpcore2.AsyncNetworkBackend):
    """Connects, then hangs up on any address that is not public, unless the host is listed."""

    def __init__(
        self, inner: httpcore2.AsyncNetworkBackend, *, private_hosts: Collection[str]
    ) -> None:
        self._inner = inner
        self._private_hosts = frozenset(host.lower() for host in private_hosts)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface of httpcore2
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Return a stream to `host`, or raise ConnectError where it led somewhere private."""
        stream = await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        peer = stream.get_extra_info("server_addr")
        if host.lower() in self._private_hosts or (peer and is_public(peer[0])):
            return stream
        await stream.aclose()
        raise httpcore2.ConnectError("the host has an address that is not public")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class PoolTransport(httpx2.AsyncBaseTransport):
    """httpx2 over a pool with a network backend of our own, which its own transport cannot take."""

    def __init__(self, pool: httpcore2.AsyncConnectionPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; failures are httpx2's TimeoutException or TransportError."""
        with _as_httpx2():
            response = await self._pool.handle_async_request(
                httpcore2.Request(
                    method=request.method,
                    url=httpcore2.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx2.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    def __init__(self, response: httpcore2.Response) -> None:
        self._response = response

    async def __aiter__(self) -> "AsyncIterator[bytes]":
        with _as_httpx2():
            async for part in self._response.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._response.aclose()


@contextmanager
def _as_httpx2() -> "Iterator[None]":
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise httpx2.TimeoutException(str(error)) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise httpx2.TransportError(str(error)) from error
