"""Google's discovery document and key set: two RSA keys, three around a rotation.

The real endpoints stand on four hosts; here each host is a path below the base address.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.discovery import falsify
from providers.emulated.keys import KeyStock
from providers.emulated.keysets import publish
from providers.emulated.rings import KeyRing, rsa_ring
from providers.emulated.upstream import Upstream

RING = "google"
TOKEN = "/oauth2.googleapis.com/token"
REVOKE = "/oauth2.googleapis.com/revoke"
DEVICE = "/oauth2.googleapis.com/device/code"
USERINFO = "/openidconnect.googleapis.com/v1/userinfo"
CERTS = "/www.googleapis.com/oauth2/v3/certs"
AUTHORIZE = "/o/oauth2/v2/auth"
RESPONSE_TYPES = (
    "code",
    "token",
    "id_token",
    "code token",
    "code id_token",
    "token id_token",
    "code token id_token",
    "none",
)
CLAIMS = "aud email email_verified exp family_name given_name iat iss name picture sub"
GRANT_TYPES = (
    "authorization_code",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
)


def make_rings(stock: KeyStock) -> dict[str, KeyRing]:
    """Return the one ring, of two keys."""
    return {RING: rsa_ring(stock, RING)}


def describe(base: str) -> dict[str, object]:
    """Return the discovery document; there is no end_session_endpoint."""
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}{AUTHORIZE}",
        "device_authorization_endpoint": f"{base}{DEVICE}",
        "token_endpoint": f"{base}{TOKEN}",
        "userinfo_endpoint": f"{base}{USERINFO}",
        "revocation_endpoint": f"{base}{REVOKE}",
        "jwks_uri": f"{base}{CERTS}",
        "response_types_supported": list(RESPONSE_TYPES),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": CLAIMS.split(),
        "code_challenge_methods_supported": ["plain", "S256"],
        "grant_types_supported": list(GRANT_TYPES),
    }


@dataclass(frozen=True, slots=True)
class Metadata:
    """The discovery and key endpoints."""

    upstream: Upstream

    async def discovery(self, _request: Request) -> Response:
        """Answer the discovery document."""
        document = falsify(self.upstream, describe(self.upstream.base))
        return JSONResponse(document, headers={"Cache-Control": "public, max-age=3600"})

    async def keys(self, _request: Request) -> Response:
        """Answer the key set, cacheable for some hours as the real one."""
        keys = self.upstream.rings[RING].published()
        headers = {"Cache-Control": "public, max-age=20316, must-revalidate, no-transform"}
        return JSONResponse(publish(self.upstream, keys), headers=headers)
