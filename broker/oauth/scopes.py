"""Scope words of OpenID Connect and what they release (Core section 5.4).

The words of the utility's own resources are `linking.scopes`' business.
"""

OPENID = "openid"
PROFILE_CLAIMS = ("name", "given_name", "family_name")
EMAIL_CLAIMS = ("email", "email_verified")
IDENTITY_SCOPES = (OPENID, "profile", "email")


def released_claims(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """The claims about the person that these scopes release at `/userinfo`."""
    claims: tuple[str, ...] = ()
    if "profile" in scopes:
        claims += PROFILE_CLAIMS
    if "email" in scopes:
        claims += EMAIL_CLAIMS
    return claims
