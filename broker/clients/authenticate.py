"""Client authentication at the token endpoint (RFC 6749 section 2.3).

Exactly one method per request, and only one that the client is registered for. Secrets are 256-bit
random values, compared as SHA-256 in constant time; an unknown client costs the same comparison.
"""

import hashlib
from base64 import b64decode
from dataclasses import dataclass
from hmac import compare_digest
from typing import NewType, Protocol
from urllib.parse import unquote_plus

from broker.oauth.client import AuthMethod, Client
from broker.oauth.errors import InvalidClient, InvalidRequest
from broker.oauth.parameters import Parameters

AuthenticatedClient = NewType("AuthenticatedClient", Client)
"""A client that has proved itself, or is public and named itself: made here only."""

_NO_SECRET = hashlib.sha256(b"").digest()


class ClientFinder(Protocol):
    """Where clients are looked up."""

    async def find(self, client_id: str) -> Client | None: ...


@dataclass(frozen=True, slots=True)
class Presented:
    """What a request showed: which client, by which method, with which secret."""

    client_id: str
    method: AuthMethod
    secret: str


@dataclass(frozen=True, slots=True)
class ClientAuthentication:
    """The check itself."""

    clients: ClientFinder

    async def __call__(self, authorization: str, parameters: Parameters) -> AuthenticatedClient:
        """Raises InvalidClient, or InvalidRequest when two methods are used at once."""
        shown = _presented(authorization, parameters)
        client = await self.clients.find(shown.client_id)
        hashes = client.secret_hashes if client else ()
        is_secret_right = _matches(shown.secret, hashes)
        if client is None or shown.method not in client.auth_methods:
            raise InvalidClient("client authentication failed")
        if shown.method != "none" and not is_secret_right:
            raise InvalidClient("client authentication failed")
        return AuthenticatedClient(client)


def _presented(authorization: str, parameters: Parameters) -> Presented:
    client_id, secret = parameters.get("client_id"), parameters.get("client_secret")
    if not authorization:
        method: AuthMethod = "client_secret_post" if secret else "none"
        return Presented(client_id, method, secret)
    if secret:
        raise InvalidRequest("more than one client authentication method was used")
    shown = _basic(authorization)
    if client_id not in {"", shown.client_id}:
        raise InvalidRequest("client_id differs from the authenticated client")
    return shown


def _basic(authorization: str) -> Presented:
    """RFC 7617, with both parts form-encoded first (RFC 6749 section 2.3.1)."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient("the authentication scheme is not supported")
    try:
        text = b64decode(credentials.strip(), validate=True).decode("utf-8")
        client_id, colon, secret = text.partition(":")
        client_id, secret = (unquote_plus(part, errors="strict") for part in (client_id, secret))
    except ValueError:
        raise InvalidClient("the Authorization header cannot be read") from None
    if not colon or not secret:
        raise InvalidClient("the Authorization header cannot be read")
    return Presented(client_id, "client_secret_basic", secret)


def _matches(secret: str, hashes: tuple[bytes, ...]) -> bool:
    """Compare with every secret, or with none's hash: the same work for an unknown client."""
    digest = hashlib.sha256(secret.encode()).digest()
    found = False
    for known in hashes or (_NO_SECRET,):
        found |= compare_digest(digest, known)
    return found and bool(hashes)
