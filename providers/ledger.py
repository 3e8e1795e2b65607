"""Which claims of a provider we know, and why each may be used or not.

A claim that stands nowhere in the ledger is counted, so that a provider's novelty is noticed before
somebody starts to rely on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ledger:
    """Claim names, each in exactly one of three columns."""

    verified: frozenset[str]
    trusted_because_signed: frozenset[str]
    ignored_on_purpose: frozenset[str]

    def unknown(self, claims: Iterable[str]) -> tuple[str, ...]:
        """The claims that stand in no column."""
        known = self.verified | self.trusted_because_signed | self.ignored_on_purpose
        return tuple(name for name in claims if name not in known)


STANDARD = Ledger(
    verified=frozenset(
        {"iss", "sub", "aud", "azp", "exp", "iat", "nbf", "nonce", "at_hash", "auth_time"}
    ),
    trusted_because_signed=frozenset(
        {"email", "email_verified", "name", "given_name", "family_name", "acr", "amr", "sid"}
    ),
    # c_hash and s_hash guard front-channel answers, which we never take; the rest we never need.
    ignored_on_purpose=frozenset(
        {"c_hash", "s_hash", "jti", "typ", "picture", "locale", "preferred_username", "nickname"}
        | {"middle_name", "profile", "website", "gender", "birthdate", "zoneinfo", "updated_at"}
        | {"phone_number", "phone_number_verified", "address", "session_state"}
    ),
)


def extended(
    *, verified: Iterable[str] = (), trusted: Iterable[str] = (), ignored: Iterable[str] = ()
) -> Ledger:
    """The standard ledger with a provider's own claims; naming one again moves it."""
    named = (frozenset(verified), frozenset(trusted), frozenset(ignored))
    every = named[0] | named[1] | named[2]
    return Ledger(
        verified=STANDARD.verified - every | named[0],
        trusted_because_signed=STANDARD.trusted_because_signed - every | named[1],
        ignored_on_purpose=STANDARD.ignored_on_purpose - every | named[2],
    )
