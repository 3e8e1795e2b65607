"""One installation, one issuer: a request for another host is refused (RFC 9110 section 7.4).

Nothing of ours is ever built from the Host header; this keeps caches and password managers from
seeing us under a foreign name.
"""

from dataclasses import dataclass

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

PROBES = frozenset({"/livez", "/readyz"})


@dataclass(frozen=True, slots=True)
class OwnHost:
    """`hosts` are the values of `Host` that mean us: probes come by address and are let through."""

    app: ASGIApp
    hosts: frozenset[bytes]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Exactly one Host header, and ours."""
        if scope["type"] == "http" and scope["path"] not in PROBES:
            named = [value.lower() for name, value in scope["headers"] if name == b"host"]
            if len(named) != 1 or named[0] not in self.hosts:
                answer = PlainTextResponse("Unknown host\n", 400)
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)
