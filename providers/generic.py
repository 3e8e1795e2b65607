"""Any standard OpenID Provider, by configuration alone: its issuer says where everything is.

Nothing is believed that the standard does not promise: no e-mail is passed on as verified, and no
login hint is sent, because at some providers it is a command channel.
"""

from functools import partial

from providers.base import LoginAttempt
from providers.dialect import (
    Dialect,
    algorithms_for,
    flag,
    hosts_for,
    scopes_for,
    well_known,
    without_empty,
)
from providers.profile import Claims
from providers.registration import Registration, RegistrationInvalid

ALGORITHMS = ("RS256", "ES256", "PS256")
CANCEL_CODES = frozenset({"access_denied", "user_cancelled_authorize", "user_denied", "cancel"})


def generic(registration: Registration) -> Dialect:
    """Return the dialect of a standard provider, or raise RegistrationInvalid."""
    issuer = registration.issuer
    if registration.email_trust == "authoritative":
        raise RegistrationInvalid(
            registration.name,
            "email_trust",
            reason="it is not known for which addresses this provider is authoritative",
            remedy="choose `claim` or `never`",
        )
    return Dialect(
        issuer=issuer,
        discovery_url=well_known(issuer),
        hosts=hosts_for(registration, issuer=issuer),
        algorithms=algorithms_for(registration, ALGORITHMS),
        scopes=scopes_for(registration, ("openid", "profile", "email")),
        client_auth=registration.client_auth or "client_secret_basic",
        pkce=registration.pkce or "force",
        userinfo=registration.userinfo or "off",
        canonical_issuer=partial(the_same, issuer),
        asks=asks,
        email_is_verified=claimed if registration.email_trust == "claim" else never,
        cancel_codes=CANCEL_CODES,
    )


def asks(attempt: LoginAttempt) -> dict[str, str]:
    """OpenID Connect Core section 3.1.2.1. `max_age` obliges the provider to say `auth_time`."""
    prompt = ("login",) * attempt.reauthenticate + ("select_account",) * attempt.choose_account
    max_age = 0 if attempt.reauthenticate else attempt.max_age
    return without_empty(
        {
            "prompt": " ".join(prompt),
            "max_age": "" if max_age is None else str(max_age),
            "ui_locales": " ".join(attempt.ui_locales),
        }
    )


def the_same(issuer: str, value: object) -> str:
    """An issuer that has one form only."""
    return issuer if value == issuer else ""


def claimed(claims: Claims) -> bool:
    """The provider's own word for it."""
    return flag(claims.get("email_verified"))


def never(_: Claims) -> bool:
    """No word of the provider's is passed on."""
    return False
