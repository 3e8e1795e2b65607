"""Login + client + scopes → claim sets. Pure; nothing is signed here.

ID tokens: OpenID Connect Core section 2. Access tokens: RFC 9068 section 2.2.
"""

import hashlib
from base64 import urlsafe_b64encode
from typing import Any

from broker.tokens.login import Login

ACR_UPSTREAM = "urn:farstu:acr:upstream"
"""What we say of every login whose provider's own verified `acr` is not mapped."""

_HASHES = {"RS256": hashlib.sha256, "ES256": hashlib.sha256, "EdDSA": hashlib.sha512}


def about_login(login: Login) -> dict[str, Any]:
    """The claims of the login itself. `amr` is there only when the provider's was verified."""
    claims: dict[str, Any] = {
        "auth_time": login.auth_time,
        "acr": login.acr or ACR_UPSTREAM,
        "sid": login.sid,
        "idp": login.provider,
    }
    if login.amr:
        claims["amr"] = list(login.amr)
    return claims


def half_hash(value: str, algorithm: str) -> str:
    """`at_hash` (Core section 3.1.3.6): left half of the hash that the algorithm uses."""
    digest = _HASHES[algorithm](value.encode("ascii")).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
