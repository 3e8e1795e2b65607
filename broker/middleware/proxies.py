"""Whom we believe about who the visitor is: proxies that the operator has named, nobody else.

Of everybody else, whatever says that a request was forwarded is taken out before anybody reads it.
Of a named proxy, the visitor is the rightmost address that is not a named proxy too: what stands
left of it was written by somebody whom nobody knows. Host and issuer never come from a header.
"""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

TRUSTED = "farstu.trusted"
"""Set in the scope of a request that came from a named proxy."""

_FORWARDED = frozenset({b"forwarded", b"x-real-ip", b"x-request-id", b"traceparent", b"tracestate"})
_NAME = re.compile(r"[A-Za-z0-9._:=/+-]{1,64}")


def is_trusted(scope: Scope) -> bool:
    """Whether the request came from a proxy that the operator has named."""
    return scope.get(TRUSTED) is True


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """`hops` are addresses and networks; none means that nobody is believed."""

    app: ASGIApp
    hops: tuple[str, ...]
    _believing: ASGIApp = field(init=False)
    _networks: tuple[IPv4Network | IPv6Network, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_networks", tuple(map(ip_network, self.hops)))
        believing = ProxyHeadersMiddleware(self._named, trusted_hosts=list(self.hops))  # type: ignore[arg-type]
        object.__setattr__(self, "_believing", believing)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Believe, or take out what would have to be believed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope[TRUSTED] = self._is_from_one(scope)
        if scope[TRUSTED]:
            await self._believing(scope, receive, send)
            return
        scope["headers"] = [each for each in scope["headers"] if not _is_forwarded(each[0])]
        await self.app(scope, receive, send)

    def _is_from_one(self, scope: Scope) -> bool:
        """Asked of every request, mostly where there is no proxy: nothing is parsed for that."""
        peer = scope["client"][0] if self._networks and scope.get("client") else ""
        if not peer:
            return False
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in each for each in self._networks)

    async def _named(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep the proxy's own name for the request beside ours, in every line of it."""
        names = [value for name, value in scope["headers"] if name == b"x-request-id"]
        name = names[0].decode("latin-1") if len(names) == 1 else ""
        if not _NAME.fullmatch(name):
            await self.app(scope, receive, send)
            return
        with structlog.contextvars.bound_contextvars(proxy_request_id=name):
            await self.app(scope, receive, send)


def _is_forwarded(name: bytes) -> bool:
    return name in _FORWARDED or name.startswith(b"x-forwarded-")
