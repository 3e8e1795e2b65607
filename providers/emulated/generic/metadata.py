"""The plain provider's discovery document: what is promised there is kept."""

from providers.emulated.keys import KeyStock
from providers.emulated.rings import KeyRing, rsa_ring

RING = "generic"
CLAIMS = "iss sub aud exp iat auth_time nonce at_hash name given_name family_name email"


def make_rings(stock: KeyStock) -> dict[str, KeyRing]:
    """Return the one ring, of two RSA keys."""
    return {RING: rsa_ring(stock, RING)}


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
