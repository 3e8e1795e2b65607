"""Yahoo's discovery document and key set.

No PKCE, no end_session, revocation under a name of its own; the one good key is the P-256 one, the
RSA keys have 1024 bits, two of them the same modulus.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.discovery import falsify
from providers.emulated.keys import WEAK_BITS, KeyStock, SigningKey, name_key
from providers.emulated.keysets import publish
from providers.emulated.rings import KeyRing
from providers.emulated.upstream import Upstream

RING = "yahoo"
WEAK_KID = "0"
SAME_MODULUS_KID = "4"
OTHER_WEAK_KID = "7"
CLAIMS = (
    "aud email email_verified birthdate exp family_name given_name iat iss locale name sub "
    "auth_time"
)
RESPONSE_TYPES = (
    "code",
    "token",
    "id_token",
    "code token",
    "code id_token",
    "token id_token",
    "code token id_token",
)


def make_rings(stock: KeyStock) -> dict[str, KeyRing]:
    """Return the one ring: a single P-256 key, which hardly ever changes."""

    def make(serial: int) -> SigningKey:
        private = stock.ec(f"yahoo {serial}")
        return SigningKey(name_key(private), private, {"alg": "ES256"})

    return {RING: KeyRing(make, 1)}


def list_weak_keys(stock: KeyStock) -> list[SigningKey]:
    """Return the RSA keys that nobody should trust."""
    shared, other = stock.rsa("yahoo weak", WEAK_BITS), stock.rsa("yahoo weak too", WEAK_BITS)
    members = {"alg": "RS256"}
    return [
        SigningKey(WEAK_KID, shared, members),
        SigningKey(SAME_MODULUS_KID, shared, members),
        SigningKey(OTHER_WEAK_KID, other, members),
    ]


def describe(base: str) -> dict[str, object]:
    """Return the discovery document."""
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/oauth2/request_auth",
        "token_endpoint": f"{base}/oauth2/get_token",
        "introspection_endpoint": f"{base}/oauth2/introspect",
        "userinfo_endpoint": f"{base}/openid/v1/userinfo",
        "token_revocation_endpoint": f"{base}/oauth2/revoke",
        "jwks_uri": f"{base}/openid/v1/certs",
        "response_types_supported": list(RESPONSE_TYPES),
        "subject_types_supported": ["public"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "scopes_supported": ["openid", "openid2", "profile", "email"],
        "acr_values_supported": ["AAL1", "AAL2"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "response_modes_supported": ["query"],
        "display_values_supported": ["page"],
        "claims_supported": CLAIMS.split(),
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


@dataclass(frozen=True, slots=True)
class Metadata:
    """The discovery and key endpoints."""

    upstream: Upstream

    async def discovery(self, _request: Request) -> Response:
        """Answer the discovery document."""
        return JSONResponse(falsify(self.upstream, describe(self.upstream.base)))

    async def keys(self, _request: Request) -> Response:
        """Answer the key set, the good key first."""
        ring = self.upstream.rings[RING]
        keys = [*ring.published(), *list_weak_keys(self.upstream.stock)]
        return JSONResponse(publish(self.upstream, keys))
