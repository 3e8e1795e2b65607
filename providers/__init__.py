"""Leave for an upstream identity provider, return with an identity.

`open_client` opens the one outbound client, `build` makes a `Provider` of a registration, and the
broker calls its two verbs. `KINDS` is the only registry: a new kind is a module and a line there.
"""

from providers.base import Callback, ExternalIdentity, LoginAttempt, Provider
from providers.check import Finding, Level, check
from providers.errors import ProviderError, UpstreamDenied, UpstreamInvalid, UpstreamUnavailable
from providers.guide import guide
from providers.kinds import KINDS, AnyProvider, build
from providers.network import open_client
from providers.observer import Observer, Unobserved
from providers.registration import Limits, Registration, RegistrationInvalid

__all__ = [
    "KINDS",
    "AnyProvider",
    "Callback",
    "ExternalIdentity",
    "Finding",
    "Level",
    "Limits",
    "LoginAttempt",
    "Observer",
    "Provider",
    "ProviderError",
    "Registration",
    "RegistrationInvalid",
    "Unobserved",
    "UpstreamDenied",
    "UpstreamInvalid",
    "UpstreamUnavailable",
    "build",
    "check",
    "guide",
    "open_client",
]
