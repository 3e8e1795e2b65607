"""What the played issuer writes into tokens: the claims of a good access token of ours, and forms.

A form is a compact JWS (RFC 7515 section 7.1) whose header and signature can be anything.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

from broker.tokens.claims import about_login
from broker.tokens.login import Login
from broker.tokens.mint import CANARY, CANARY_SCOPE, CANARY_SECONDS

LIFETIME = 300

Signature = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Stamp:
    """`more`: claims that the service needs besides; they replace ours."""

    issuer: str
    audience: str
    scope: str
    clock: Callable[[], datetime]
    more: Mapping[str, Any] = field(default_factory=dict)

    def now(self) -> int:
        """POSIX seconds."""
        return int(self.clock().timestamp())

    def good(self) -> dict[str, Any]:
        """An access token's claims (RFC 9068 section 2.2), as `broker.tokens.mint` writes them."""
        now = self.now()
        login = Login(person="p_nobody", sid="s_nobody", provider="test", auth_time=now)
        return {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": login.person,
            "client_id": "farstu-doctor-consumer",
            "iat": now,
            "exp": now + LIFETIME,
            "jti": secrets.token_urlsafe(16),
            **about_login(login),
            "scope": self.scope,
            "authorization_details": [],
            **self.more,
        }

    def canary(self) -> dict[str, Any]:
        """The claims of `POST /jwks/canary`."""
        now = self.now()
        return {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": CANARY,
            "client_id": "farstu-doctor-consumer",
            "iat": now,
            "exp": now + CANARY_SECONDS,
            "jti": f"{CANARY}.{secrets.token_urlsafe(16)}",
            "scope": CANARY_SCOPE,
        }


def compact(header: Mapping[str, Any], claims: Mapping[str, Any], signature: Signature) -> str:
    """The three parts."""
    signed = f"{_part(json.dumps(header).encode())}.{_part(json.dumps(claims).encode())}"
    return f"{signed}.{_part(signature(signed.encode()))}"


def by_key(key: Key, algorithm: str) -> Signature:
    """An honest signature."""
    return lambda message: JWSRegistry.algorithms[algorithm].sign(message, key)


def by_secret(secret: bytes) -> Signature:
    """HS256 (RFC 7518 section 3.2)."""
    return lambda message: hmac.digest(secret, message, hashlib.sha256)


def by_nobody(_message: bytes) -> bytes:
    """No signature."""
    return b""


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
