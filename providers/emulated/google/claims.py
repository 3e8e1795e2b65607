"""What Google says about a person: ID token and userinfo.

The subject is public, 21 digits. E-mail is only Google's own word for `@gmail.com` or with `hd`.
"""

import hashlib

from providers.emulated.forgery import Claims
from providers.emulated.grants import Authorization
from providers.emulated.jws import half_hash
from providers.emulated.people import Person

LIFE = 3600


def subject_for(person: Person) -> str:
    """Return the subject: 21 digits, too many for a JSON number."""
    digest = int(hashlib.sha256(f"google {person.key}".encode()).hexdigest(), 16)
    return f"1{digest % 10**20:020d}"


def make_claims(
    issuer: str, authorization: Authorization, person: Person, access_token: str, now: int
) -> Claims:
    """Return the ID token's claims; profile claims are never promised there."""
    login = authorization.login
    profile = person.accounts["google"].profile_in_token
    return {
        "iss": issuer,
        "azp": login.client_id,
        "aud": login.client_id,
        **make_userinfo(issuer, authorization, person, with_profile=profile),
        "at_hash": half_hash(access_token),
        "nonce": login.get("nonce") or None,
        "iat": now,
        "exp": now + LIFE,
    }


def make_userinfo(
    base: str, authorization: Authorization, person: Person, *, with_profile: bool = True
) -> Claims:
    """Return what the userinfo endpoint says."""
    account, scopes = person.accounts["google"], authorization.scopes
    claims: Claims = {"sub": subject_for(person)}
    if account.hosted_domain:
        claims["hd"] = account.hosted_domain
    if "email" in scopes:
        claims |= {"email": account.email, "email_verified": account.email_verified}
    if "profile" in scopes and with_profile:
        claims |= {
            "name": person.name,
            "picture": f"{base}/lh3.googleusercontent.com/a/{person.key}=s96-c",
            "given_name": person.given_name,
        }
        if person.family_name:
            claims["family_name"] = person.family_name
    return claims
