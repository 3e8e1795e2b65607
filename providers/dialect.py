"""How one kind of OpenID Provider speaks: everything in which it differs from the others.

Values and small pure functions; `oidc` does the talking. A kind's module makes its dialect from a
registration, filling every empty value with its own default.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from providers.addresses import host_of, is_allowed
from providers.base import LoginAttempt
from providers.id_token import Check, SignedClaims
from providers.jws import ALGORITHMS
from providers.ledger import STANDARD, Ledger
from providers.profile import EmailRule, read_email
from providers.registration import (
    ClientAuth,
    Pkce,
    Registration,
    RegistrationInvalid,
    Userinfo,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The stable subject of an account, and its other names there."""

    subject: str
    others: Mapping[str, str] = field(default_factory=dict)


def by_sub(claims: SignedClaims) -> Subject:
    """The standard: `sub` is stable."""
    return Subject(claims["sub"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One provider's ways, complete.

    `issuer` is what discovery must say. `canonical_issuer` takes any value of an `iss` and returns
    the issuer of the account key, or nothing when it is not this provider's. `asks` gives the
    request parameters beside the standard ones. `proves_auth_time` says that a login which was
    demanded anew must come with `auth_time`.
    """

    issuer: str
    discovery_url: str
    hosts: frozenset[str]
    algorithms: tuple[str, ...]
    scopes: tuple[str, ...]
    client_auth: ClientAuth
    pkce: Pkce
    userinfo: Userinfo
    canonical_issuer: Callable[[object], str]
    asks: Callable[[LoginAttempt], Mapping[str, str]]
    email_is_verified: EmailRule
    checks: tuple[Check, ...] = ()
    subject: Callable[[SignedClaims], Subject] = by_sub
    can_reauthenticate: bool = True
    proves_auth_time: bool = True
    ledger: Ledger = STANDARD
    cancel_codes: frozenset[str] = frozenset({"access_denied"})


def well_known(issuer: str) -> str:
    """Where an issuer's metadata is (OpenID Connect Discovery section 4)."""
    return issuer.rstrip("/") + "/.well-known/openid-configuration"


def hosts_for(
    registration: Registration, *, own: Collection[str] = (), **addresses: str
) -> frozenset[str]:
    """The hosts of the addresses, those allowed beside them, and the kind's own.

    `addresses` go by the names of their settings. Raises RegistrationInvalid for one that could
    never be called.
    """
    hosts = frozenset(host_of(address) for address in addresses.values())
    insecure = registration.allow_insecure_loopback
    for setting, address in addresses.items():
        if not is_allowed(address, hosts, allow_insecure_loopback=insecure):
            raise RegistrationInvalid(
                registration.name,
                setting,
                reason=f"{address!r} is not a usable https address",
                remedy="give it as https://host/path, without fragment or user name",
            )
    return hosts | frozenset(own) | frozenset(host.lower() for host in registration.allowed_hosts)


def algorithms_for(registration: Registration, default: tuple[str, ...]) -> tuple[str, ...]:
    """The pinned algorithms, or RegistrationInvalid for one that we never accept."""
    unknown = set(registration.algorithms) - ALGORITHMS
    if unknown:
        raise RegistrationInvalid(
            registration.name,
            "algorithms",
            reason=f"{', '.join(sorted(unknown))} is not accepted",
            remedy=f"choose from {', '.join(sorted(ALGORITHMS))}",
        )
    return registration.algorithms or default


def scopes_for(registration: Registration, default: tuple[str, ...]) -> tuple[str, ...]:
    """The scopes to ask for; `openid` is always among them."""
    scopes = registration.scopes or default
    return scopes if "openid" in scopes else ("openid", *scopes)


def email_hint(attempt: LoginAttempt) -> dict[str, str]:
    """`login_hint`, only when it is an e-mail address: elsewhere it can be a command channel."""
    hint = read_email(attempt.login_hint)
    return {"login_hint": hint} if hint else {}


def language(attempt: LoginAttempt, names: Mapping[str, str]) -> str:
    """The provider's name of the first language asked for that it has, or empty."""
    for tag in attempt.ui_locales:
        name = names.get(tag.partition("-")[0].lower())
        if name:
            return name
    return ""


def without_empty(parameters: Mapping[str, str]) -> dict[str, str]:
    """Leave out what is not to be said."""
    return {name: value for name, value in parameters.items() if value}


def flag(value: object) -> bool:
    """A claim's truth: some providers write it as text or number."""
    return value is True or (isinstance(value, str | int) and str(value) in {"true", "1"})
