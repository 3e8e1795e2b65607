"""Yahoo: ES256 only, because its RSA keys have 1024 bits, and no proof key unless configured.

Yahoo documents PKCE for clients without a secret, and reports disagree about what it does with
both; `nonce`, `state` and the secret stand in for it. Its subject is the same for every client.
"""

from functools import partial

from providers.base import LoginAttempt
from providers.dialect import (
    Dialect,
    algorithms_for,
    hosts_for,
    language,
    scopes_for,
    well_known,
    without_empty,
)
from providers.generic import claimed, never, the_same
from providers.ledger import extended
from providers.profile import Claims, domain_of
from providers.registration import Registration

ISSUER = "https://api.login.yahoo.com"
LANGUAGES = {"sv": "sv-se", "en": "en-us"}
# Domains that Yahoo itself runs; yahoo.co.jp is another company.
DOMAINS = frozenset(
    {"yahoo.com", "ymail.com", "rocketmail.com", "myyahoo.com", "aol.com", "aim.com"}
    | {"yahoo.se", "yahoo.no", "yahoo.dk", "yahoo.de", "yahoo.fr", "yahoo.es", "yahoo.it"}
    | {"yahoo.ie", "yahoo.co.uk", "yahoo.gr", "yahoo.ca", "yahoo.com.au", "yahoo.com.br"}
    | {"yahoo.co.in", "yahoo.in"}
)


def yahoo(registration: Registration) -> Dialect:
    """Return Yahoo's dialect."""
    issuer = registration.issuer or ISSUER
    rules = {"never": never, "claim": claimed, "authoritative": is_authoritative}
    return Dialect(
        issuer=issuer,
        discovery_url=well_known(issuer),
        hosts=hosts_for(registration, issuer=issuer),
        algorithms=algorithms_for(registration, ("ES256",)),
        scopes=scopes_for(registration, ("openid", "profile", "email")),
        client_auth=registration.client_auth or "client_secret_basic",
        pkce=registration.pkce or "never",
        userinfo=registration.userinfo or "fallback",
        canonical_issuer=partial(the_same, issuer),
        asks=asks,
        email_is_verified=rules[registration.email_trust or "authoritative"],
        ledger=extended(ignored={"xoauth_yahoo_guid", "profile_images"}),
    )


def asks(attempt: LoginAttempt) -> dict[str, str]:
    """Yahoo has no account chooser; its login page offers another account."""
    max_age = 0 if attempt.reauthenticate else attempt.max_age
    return without_empty(
        {
            "prompt": "login" if attempt.reauthenticate or attempt.choose_account else "",
            "max_age": "" if max_age is None else str(max_age),
            "language": language(attempt, LANGUAGES),
        }
    )


def is_authoritative(claims: Claims) -> bool:
    """Whether Yahoo says that the address is verified, and runs its domain."""
    return claims.get("email_verified") is True and domain_of(claims.get("email")) in DOMAINS
