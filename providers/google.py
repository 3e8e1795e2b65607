"""Google: two spellings of its issuer, one identity (`sub`), no way to demand a fresh login.

Google is authoritative for an e-mail address at gmail.com and in a Workspace domain (`hd`) only;
for others it verified the address once, and ownership may have changed. It ignores `prompt=login`
and `max_age`: a demand for a fresh login is refused, a mere `max_age` is not sent, and checked only
where Google says `auth_time` after all.
"""

from functools import partial

from providers.base import LoginAttempt
from providers.dialect import (
    Dialect,
    algorithms_for,
    email_hint,
    hosts_for,
    language,
    scopes_for,
    well_known,
    without_empty,
)
from providers.generic import claimed, never
from providers.id_token import Check, Presented
from providers.ledger import extended
from providers.profile import Claims, domain_of
from providers.registration import Registration

ISSUER = "https://accounts.google.com"
HOSTS = frozenset(
    {
        "accounts.google.com",
        "oauth2.googleapis.com",
        "openidconnect.googleapis.com",
        "www.googleapis.com",
    }
)
LANGUAGES = {"sv": "sv", "en": "en"}


def google(registration: Registration) -> Dialect:
    """Return Google's dialect."""
    issuer = registration.issuer or ISSUER
    domain = registration.hosted_domain
    rules = {"never": never, "claim": claimed, "authoritative": is_authoritative}
    return Dialect(
        issuer=issuer,
        discovery_url=well_known(issuer),
        hosts=hosts_for(registration, issuer=issuer, own=HOSTS if issuer == ISSUER else ()),
        algorithms=algorithms_for(registration, ("RS256",)),
        scopes=scopes_for(registration, ("openid", "email", "profile")),
        client_auth=registration.client_auth or "client_secret_post",
        pkce=registration.pkce or "force",
        userinfo=registration.userinfo or "fallback",
        canonical_issuer=partial(canonical_issuer, issuer),
        checks=(Check("hosted_domain", partial(is_of_domain, domain)),) if domain else (),
        asks=partial(asks, domain),
        email_is_verified=rules[registration.email_trust or "authoritative"],
        can_reauthenticate=False,
        proves_auth_time=False,
        ledger=extended(verified={"hd"}),
    )


def canonical_issuer(issuer: str, value: object) -> str:
    """Google's tokens may name it without `https://` (its own documentation)."""
    return issuer if value in (issuer, issuer.partition("://")[2]) else ""


def asks(domain: str, attempt: LoginAttempt) -> dict[str, str]:
    """`hd` is a hint to the page; the claim is what is checked."""
    return without_empty(
        {
            "prompt": "select_account" if attempt.choose_account else "",
            "hd": domain,
            "hl": language(attempt, LANGUAGES),
            **email_hint(attempt),
        }
    )


def is_of_domain(domain: str, presented: Presented) -> bool:
    """The account belongs to the Workspace domain that we are restricted to."""
    return presented.claims.get("hd") == domain


def is_authoritative(claims: Claims) -> bool:
    """Whether the address is Google's to vouch for (its "backend auth" page)."""
    verified = claims.get("email_verified")
    if domain_of(claims.get("email")) == "gmail.com":
        return verified in (None, True)
    return verified is True and isinstance(claims.get("hd"), str)
