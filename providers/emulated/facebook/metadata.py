"""Facebook's discovery document: no token endpoint, so that a generic client cannot run on it."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.discovery import falsify
from providers.emulated.keys import KeyStock, SigningKey, name_key
from providers.emulated.keysets import publish
from providers.emulated.rings import KeyRing
from providers.emulated.upstream import Upstream

RING = "facebook"
CLAIMS = (
    "iss aud sub iat exp jti nonce at_hash name given_name middle_name family_name email picture "
    "user_friends user_birthday user_age_range user_link user_hometown user_location user_gender"
)


def make_rings(stock: KeyStock) -> dict[str, KeyRing]:
    """Return the one ring, of two keys; nothing is signed with them in the classic flow."""

    def make(serial: int) -> SigningKey:
        private = stock.rsa(f"facebook {serial}")
        return SigningKey(name_key(private), private, {"alg": "RS256"})

    return {RING: KeyRing(make, 2)}


def describe(base: str) -> dict[str, object]:
    """Return the discovery document."""
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/dialog/oauth/",
        "jwks_uri": f"{base}/.well-known/oauth/openid/jwks/",
        "response_types_supported": ["id_token", "token id_token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": CLAIMS.split(),
    }


@dataclass(frozen=True, slots=True)
class Metadata:
    """The discovery and key endpoints."""

    upstream: Upstream

    async def discovery(self, _request: Request) -> Response:
        """Answer the discovery document."""
        return JSONResponse(falsify(self.upstream, describe(self.upstream.base)))

    async def keys(self, _request: Request) -> Response:
        """Answer the key set."""
        return JSONResponse(publish(self.upstream, self.upstream.rings[RING].published()))
