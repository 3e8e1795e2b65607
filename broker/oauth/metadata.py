"""The discovery document (OpenID Connect Discovery section 3, RFC 8414 section 2)."""

from collections.abc import Sequence
from typing import Any

from broker.oauth.scopes import EMAIL_CLAIMS, IDENTITY_SCOPES, PROFILE_CLAIMS

CLAIMS = (
    "iss", "sub", "aud", "exp", "iat", "nonce", "at_hash",
    "auth_time", "acr", "amr", "sid", "idp", "authorization_details",
)  # fmt: skip


def discovery_document(
    issuer: str,
    *,
    scopes: Sequence[str],
    algorithms: Sequence[str],
    acr_values: Sequence[str],
    locales: Sequence[str],
    documentation: str,
    policy: str,
) -> dict[str, Any]:
    """What we can do, and where. What is not listed, we do not do."""
    auth_methods = ["client_secret_basic", "client_secret_post", "none"]
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "end_session_endpoint": f"{issuer}/logout",
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "token_endpoint_auth_methods_supported": auth_methods,
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": list(algorithms),
        "scopes_supported": list(dict.fromkeys((*IDENTITY_SCOPES, *scopes))),
        "claim_types_supported": ["normal"],
        "claims_supported": [*CLAIMS, *PROFILE_CLAIMS, *EMAIL_CLAIMS],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "display_values_supported": ["page", "popup", "touch", "wap"],
        "acr_values_supported": list(acr_values),
        "ui_locales_supported": list(locales),
        "claims_locales_supported": list(locales),
        "service_documentation": documentation,
        "op_policy_uri": policy,
    }
