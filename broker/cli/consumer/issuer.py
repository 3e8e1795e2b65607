"""The played issuer on the network: the same documents as the broker's own, and who fetched them.

The documents are served by the broker's own code, so that a service meets what it will meet.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from socket import socket

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from broker.cli.consumer.ring import PlayedRing
from broker.endpoints.well_known import Document, WellKnown
from broker.oauth.metadata import discovery_document

LURE = "/elsewhere/jwks"
"""Where a forged token says that its key is; nobody should look."""


@dataclass(slots=True)
class Fetched:
    """How often each document was fetched."""

    discovery: int = 0
    jwks: int = 0
    lure: int = 0


@dataclass(frozen=True, slots=True)
class PlayedIssuer:
    """`max_age`: for how many seconds the documents may be kept. `lure`: a JWK Set of a thief."""

    issuer: str
    ring: PlayedRing
    max_age: int
    lure: bytes
    fetched: Fetched = field(default_factory=Fetched)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by path: three documents, whatever the method."""
        request = Request(scope, receive)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        served = WellKnown(self._discovery(), self._jwks, self._count_jwks)
        match request.url.path:
            case "/.well-known/openid-configuration" | "/.well-known/oauth-authorization-server":
                self.fetched.discovery += 1
                return await served.get_discovery(request)
            case "/jwks":
                return await served.get_jwks(request)
            case lure if lure == LURE:
                self.fetched.lure += 1
                return Response(self.lure, media_type="application/json")
            case _:
                return Response("Only metadata and keys are played here.", 404)

    def _discovery(self) -> Document:
        document = discovery_document(
            self.issuer,
            scopes=(),
            algorithms=sorted({self.ring.algorithm, self.ring.other}),
            acr_values=(),
            locales=("sv", "en"),
            documentation=f"{self.issuer}/help",
            policy=f"{self.issuer}/help/privacy",
        )
        return Document(json.dumps(document).encode(), "application/json", self.max_age)

    def _jwks(self) -> Document:
        return Document(self.ring.jwks(), "application/json", self.max_age)

    def _count_jwks(self, _who: str) -> None:
        self.fetched.jwks += 1


class _Server(uvicorn.Server):
    """Signals are the command's business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


@asynccontextmanager
async def serving(issuer: PlayedIssuer, sockets: Sequence[socket]) -> AsyncIterator[None]:
    """Answer on these sockets, until the end."""
    server = _Server(
        uvicorn.Config(
            issuer,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            access_log=False,
            server_header=False,
            log_config=None,
            log_level="critical",
            timeout_graceful_shutdown=1,
        )
    )
    task = asyncio.create_task(server.serve(sockets=list(sockets)))
    try:
        yield
    finally:
        server.should_exit = True
        await task
