"""The plain provider's discovery document: what is promised there is kept."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.discovery import falsify
from providers.emulated.keys import KeyStock, SigningKey, name_key
from providers.emulated.keysets import publish
from providers.emulated.rings import KeyRing
from providers.emulated.upstream import Upstream

RING = "generic"
CLAIMS = "iss sub aud exp iat auth_time nonce at_hash name given_name family_name email"


def make_rings(stock: KeyStock) -> dict[str, KeyRing]:
    """Return the one ring, of two RSA keys."""

    def make(serial: int) -> SigningKey:
        private = stock.rsa(f"generic {serial}")
        return SigningKey(name_key(private), private, {"alg": "RS256"})

    return {RING: KeyRing(make, 2)}


def describe(base: str) -> dict[str, object]:
    """Return the discovery document (OpenID Connect Discovery section 3)."""
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "userinfo_endpoint": f"{base}/userinfo",
        "jwks_uri": f"{base}/jwks",
        "scopes_supported": ["openid", "profile", "email"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "claims_supported": [*CLAIMS.split(), "email_verified"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "ui_locales_supported": ["sv", "en"],
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
