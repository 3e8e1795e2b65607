"""Facebook's discovery document: no token endpoint, so that a generic client cannot run on it."""

from providers.emulated.keys import KeyStock
from providers.emulated.rings import KeyRing, rsa_ring

RING = "facebook"
CLAIMS = (
    "iss aud sub iat exp jti nonce at_hash name given_name middle_name family_name email picture "
    "user_friends user_birthday user_age_range user_link user_hometown user_location user_gender"
)


def make_rings(stock: KeyStock) -> dict[str, KeyRing]:
    """Return the one ring, of two keys; nothing is signed with them in the classic flow."""
    return {RING: rsa_ring(stock, RING)}


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
