"""Microsoft: personal accounts by default; work accounts, all or of one tenant, by configuration.

An account is (issuer with its tenant, `oid`): `sub` differs per app registration and e-mail is
whatever a tenant's administrator wrote ("nOAuth"), so it is never an identity. The multi-tenant
issuer is a template; the token's `tid` fills it in, and the signing key must carry the same issuer,
so that a key for personal accounts cannot speak for a tenant. The proof key works though the
metadata does not mention it. `max_age` is not supported: `prompt=login` is sent in its place, and
`auth_time` is checked where the app registration has that optional claim on.
"""

import re
from functools import partial

from providers.base import LoginAttempt
from providers.dialect import (
    Dialect,
    Subject,
    algorithms_for,
    email_hint,
    flag,
    hosts_for,
    scopes_for,
    well_known,
    without_empty,
)
from providers.generic import never
from providers.id_token import Check, Presented, SignedClaims
from providers.ledger import extended
from providers.profile import Claims
from providers.registration import Registration, RegistrationInvalid

AUTHORITY = "https://login.microsoftonline.com"
USERINFO_HOST = "graph.microsoft.com"
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"
TEMPLATE = "{tenantid}"
MANY = frozenset({"common", "organizations"})
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def microsoft(registration: Registration) -> Dialect:
    """Return Microsoft's dialect for the configured tenant, or raise RegistrationInvalid."""
    authority = registration.authority.rstrip("/") or AUTHORITY
    tenant = registration.tenant.lower() or "consumers"
    _require_tenants(registration, tenant)
    own = {USERINFO_HOST} if authority == AUTHORITY else set()
    rules = {"never": never, "claim": is_vouched_for, "authoritative": has_verified_domain}
    admits = partial(is_admitted, tenant, frozenset(registration.allowed_tenants))
    return Dialect(
        issuer=f"{authority}/{_issuer_tenant(tenant)}/v2.0",
        discovery_url=well_known(f"{authority}/{tenant}/v2.0"),
        hosts=hosts_for(registration, authority=authority, own=own),
        algorithms=algorithms_for(registration, ("RS256",)),
        scopes=scopes_for(registration, ("openid", "profile", "email")),
        client_auth=registration.client_auth or "client_secret_post",
        pkce=registration.pkce or "force",
        userinfo=registration.userinfo or "off",
        canonical_issuer=partial(canonical_issuer, authority),
        checks=(
            Check("tenant", admits),
            Check("tenant_issuer", partial(has_issuer_of_its_tenant, authority)),
            Check("key_issuer", partial(is_signed_for_its_tenant, required=tenant in MANY)),
            Check("version", has_version_2),
            Check("object_id", has_object_id),
        ),
        subject=by_object_id,
        asks=asks,
        email_is_verified=rules[registration.email_trust or "authoritative"],
        proves_auth_time=False,
        ledger=_LEDGER,
        cancel_codes=frozenset({"access_denied", "consent_required"}),
    )


_LEDGER = extended(
    verified={"tid", "oid", "ver"},
    trusted={"xms_edov"},
    ignored={"aio", "rh", "uti", "login_hint", "acct", "ctry", "tenant_ctry", "upn", "idp"}
    | {"verified_primary_email", "verified_secondary_email", "tenant_region_scope"},
)


def _require_tenants(registration: Registration, tenant: str) -> None:
    named = {"tenant": (tenant,), "allowed_tenants": registration.allowed_tenants}
    for setting, tenants in named.items():
        known = MANY | {"consumers"} if setting == "tenant" else frozenset[str]()
        if not all(name in known or GUID.fullmatch(name) for name in tenants):
            raise RegistrationInvalid(
                registration.name,
                setting,
                reason="a tenant is named by its id, not by a domain",
                remedy="copy the Directory (tenant) ID from the Entra admin center, in lower case",
            )


def _issuer_tenant(tenant: str) -> str:
    if tenant == "consumers":
        return PERSONAL
    return TEMPLATE if tenant in MANY else tenant


def canonical_issuer(authority: str, value: object) -> str:
    """The issuer of some tenant here; that it is the token's own tenant is a check of its own."""
    prefix, suffix = f"{authority}/", "/v2.0"
    if not isinstance(value, str) or not (value.startswith(prefix) and value.endswith(suffix)):
        return ""
    return value if GUID.fullmatch(value[len(prefix) : -len(suffix)]) else ""


def asks(attempt: LoginAttempt) -> dict[str, str]:
    """`login_hint` and `select_account` exclude each other (its protocol page)."""
    fresh = attempt.reauthenticate or attempt.max_age is not None
    if fresh or attempt.choose_account:
        hint = {} if attempt.choose_account else email_hint(attempt)
        return {"prompt": "login" if fresh else "select_account", **hint}
    return without_empty(email_hint(attempt))


def is_admitted(tenant: str, allowed: frozenset[str], presented: Presented) -> bool:
    """`tid` is a tenant id, of those that `tenant` and the list admit."""
    tid = presented.claims.get("tid")
    if not isinstance(tid, str) or not GUID.fullmatch(tid) or (allowed and tid not in allowed):
        return False
    match tenant:
        case "consumers":
            return tid == PERSONAL
        case "organizations":
            return tid != PERSONAL
        case "common":
            return True
        case _:
            return tid == tenant


def has_issuer_of_its_tenant(authority: str, presented: Presented) -> bool:
    """`iss` is the template filled in with `tid`, byte for byte."""
    claims = presented.claims
    return bool(claims.get("iss") == f"{authority}/{claims.get('tid')}/v2.0")


def is_signed_for_its_tenant(presented: Presented, *, required: bool) -> bool:
    """The key's own `issuer`, filled in the same way, is the token's."""
    issuer = presented.key.issuer
    if issuer is None:
        return not required
    claims = presented.claims
    return bool(issuer.replace(TEMPLATE, str(claims.get("tid"))) == claims.get("iss"))


def has_version_2(presented: Presented) -> bool:
    """Version 1 tokens have other claims and another issuer."""
    return presented.claims.get("ver") == "2.0"


def has_object_id(presented: Presented) -> bool:
    """`oid`, which the `profile` scope brings, is there and well-formed."""
    oid = presented.claims.get("oid")
    return isinstance(oid, str) and GUID.fullmatch(oid) is not None


def by_object_id(claims: SignedClaims) -> Subject:
    """`oid` is the same in every app of this tenant; `sub` is kept beside it."""
    return Subject(claims["oid"], {"sub": claims["sub"]})


def has_verified_domain(claims: Claims) -> bool:
    """A work account whose tenant has proved that it owns the e-mail's domain (`xms_edov`)."""
    return claims.get("tid") != PERSONAL and flag(claims.get("xms_edov"))


def is_vouched_for(claims: Claims) -> bool:
    """As above, and personal accounts too: Microsoft says that it verified their address once."""
    return claims.get("tid") == PERSONAL or has_verified_domain(claims)
