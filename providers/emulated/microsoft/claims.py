"""What Microsoft says about a person: ID token v2.0 and the Graph's userinfo.

Never says `email_verified`. `sub` differs per app, `oid` does not; a personal account's `oid` is
its 64-bit number in the shape of a GUID.
"""

import hashlib
import secrets
import uuid

from providers.emulated.consoles import Registration
from providers.emulated.encoding import encode
from providers.emulated.forgery import Claims
from providers.emulated.grants import Authorization
from providers.emulated.people import PERSONAL_TENANT, Account, Person

PERSONAL_LIFE = 86_700
WORK_LIFE = 3_900
BACKDATED = 300
PERSONAL_PREFIX = "A" * 21
EDOV = "xms_edov"


def subject_for(client_id: str, person: Person, account: Account) -> str:
    """Return the pairwise subject: 43 characters, another for every app registration."""
    digest = encode(hashlib.sha256(f"{client_id} {person.key}".encode()).digest())
    return PERSONAL_PREFIX + digest[21:] if account.tenant == PERSONAL_TENANT else digest


def object_id_for(person: Person, account: Account) -> str:
    """Return the object id, the same in every app."""
    digest = hashlib.sha256(f"object {person.key}".encode()).hexdigest()
    if account.tenant == PERSONAL_TENANT:
        return f"00000000-0000-0000-{digest[:4]}-{digest[4:16]}"
    return str(uuid.UUID(digest[:32]))


def login_hint_for(person: Person) -> str:
    """Return the opaque value of the optional claim `login_hint`."""
    return f"O.{encode(person.key.encode())}"


def make_claims(
    base: str,
    registration: Registration,
    authorization: Authorization,
    person: Person,
    now: int,
) -> Claims:
    """Return the ID token's claims."""
    account = person.accounts["microsoft"]
    issued_at = now - BACKDATED
    is_personal = account.tenant == PERSONAL_TENANT
    return {
        "ver": "2.0",
        "iss": f"{base}/{account.tenant}/v2.0",
        "sub": subject_for(registration.client_id, person, account),
        "aud": registration.client_id,
        "exp": issued_at + (PERSONAL_LIFE if is_personal else WORK_LIFE),
        "iat": issued_at,
        "nbf": issued_at,
        "tid": account.tenant,
        "nonce": authorization.login.get("nonce") or None,
        "aio": secrets.token_urlsafe(60),
        "uti": None if is_personal else secrets.token_urlsafe(16),
        "rh": None if is_personal else f"1.{secrets.token_urlsafe(36)}.",
        **_profile(authorization, person, account),
        **_email(registration, authorization, account),
        **_optional(registration, authorization, person, account),
    }


def make_userinfo(client_id: str, authorization: Authorization, person: Person) -> Claims:
    """Return what the Graph's userinfo endpoint says."""
    account = person.accounts["microsoft"]
    claims: Claims = {"sub": subject_for(client_id, person, account)}
    if "profile" in authorization.scopes:
        claims |= {
            "name": person.name,
            "family_name": person.family_name,
            "given_name": person.given_name,
        }
    if "email" in authorization.scopes and account.email:
        claims["email"] = account.email
    return claims


def _profile(authorization: Authorization, person: Person, account: Account) -> Claims:
    if "profile" not in authorization.scopes:
        return {}
    return {
        "name": person.name,
        "preferred_username": account.preferred_username or account.email,
        "oid": object_id_for(person, account),
    }


def _email(registration: Registration, authorization: Authorization, account: Account) -> Claims:
    """Return the address as its owner, or the tenant's administrator, wrote it."""
    if "email" not in authorization.scopes or not account.email:
        return {}
    is_work = account.tenant != PERSONAL_TENANT
    if is_work and registration.removes_unverified_email and not account.edov:
        return {}
    claims: Claims = {"email": account.email}
    if account.edov and EDOV in registration.optional_claims:
        claims[EDOV] = True
    return claims


def _optional(
    registration: Registration, authorization: Authorization, person: Person, account: Account
) -> Claims:
    claims: Claims = {
        "sid": authorization.signed_in.session_id,
        "auth_time": authorization.signed_in.since,
        "login_hint": login_hint_for(person),
        "acct": None if account.tenant == PERSONAL_TENANT else 0,
        "given_name": person.given_name,
        "family_name": person.family_name or None,
    }
    return {name: value for name, value in claims.items() if name in registration.optional_claims}
