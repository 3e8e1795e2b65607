"""Discovery and keys: ready bytes, cacheable, readable from any origin (RFC 9700, 2.6)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response

from broker.chores.key_fetches import consumer_name
from broker.flow.networks import network_of

JWKS_SECONDS = 300
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
OPEN_DOCUMENTS = frozenset(
    {"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks"}
)
"""What pages of any origin may read; `/jwks/canary` is none of them."""


@dataclass(frozen=True)
class Document:
    """Bytes to serve as they are."""

    content: bytes
    content_type: str
    max_age: int

    @cached_property
    def etag(self) -> str:
        """A strong validator (RFC 9110 section 8.8.3)."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:16]}"'

    def answer(self, request: Request) -> Response:
        """The document, or 304 when the caller has it."""
        if self.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=self._headers)
        return self._whole

    @cached_property
    def _whole(self) -> Response:
        """One answer for everybody: nothing that it passes changes it."""
        return Response(self.content, headers=self._headers, media_type=self.content_type)

    @cached_property
    def _headers(self) -> dict[str, str]:
        return {
            "ETag": self.etag,
            "Cache-Control": f"public, max-age={self.max_age}",
            **ANY_ORIGIN,
        }


@dataclass(frozen=True, slots=True)
class WellKnown:
    """The two documents; `jwks` returns the one of the ring in use, `fetched` counts by whom."""

    discovery: Document
    jwks: Callable[[], Document]
    fetched: Callable[[str], None]

    async def get_discovery(self, request: Request) -> Response:
        """The provider's metadata."""
        return self.discovery.answer(request)

    async def get_jwks(self, request: Request) -> Response:
        """The public keys; `?consumer=` says who fetches them, for the day of a rotation."""
        document = self.jwks()
        self.fetched(_who(request))
        return document.answer(request)


def _who(request: Request) -> str:
    address = request.client.host if request.client else ""
    return consumer_name(
        request.query_params.get("consumer", ""),
        request.headers.get("user-agent", ""),
        network_of(address),
    )
