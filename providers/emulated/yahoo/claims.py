"""What Yahoo says about a person: ID token and userinfo.

The subject is public, a GUID of 26 letters and digits. E-mail needs the scope and the console's
permission.
"""

import base64
import hashlib

from providers.emulated.consoles import Registration
from providers.emulated.forgery import Claims
from providers.emulated.grants import Authorization
from providers.emulated.jws import half_hash
from providers.emulated.people import Person, get_person

LIFE = 3600


def subject_for(person: Person) -> str:
    """Return the GUID, which is the deprecated `xoauth_yahoo_guid` as well."""
    digest = hashlib.sha256(f"yahoo {person.key}".encode()).digest()
    return base64.b32encode(digest[:20]).decode("ascii")[:26]


def make_claims(
    issuer: str, app: Registration, authorization: Authorization, access_token: str, now: int
) -> Claims:
    """Return the ID token's claims."""
    return {
        "iss": issuer,
        "aud": app.client_id,
        **make_userinfo(app, authorization, get_person(authorization.person)),
        "nonce": authorization.login.get("nonce") or None,
        "at_hash": half_hash(access_token),
        "auth_time": authorization.signed_in.since,
        "iat": now,
        "exp": now + LIFE,
    }


def make_userinfo(app: Registration, authorization: Authorization, person: Person) -> Claims:
    """Return what the userinfo endpoint says."""
    account, scopes = person.accounts["yahoo"], authorization.scopes
    claims: Claims = {"sub": subject_for(person)}
    if "profile" in scopes and "profile" in app.permissions:
        claims |= {
            "name": person.name,
            "given_name": person.given_name,
            "family_name": person.family_name,
            "locale": "sv-SE",
        }
    if "email" in scopes and "email" in app.permissions and account.email:
        claims |= {"email": account.email, "email_verified": account.email_verified}
    return claims
