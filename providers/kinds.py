"""The kinds of provider, and how each is put together from a registration."""

from collections.abc import Callable, Mapping
from datetime import datetime

import httpx2

from providers.breaker import Breaker
from providers.dialect import Dialect
from providers.facebook import FacebookProvider, addresses_of
from providers.generic import generic
from providers.google import google
from providers.http import Outbound
from providers.microsoft import microsoft
from providers.observer import Observer, Unobserved
from providers.oidc import OidcProvider
from providers.registration import Registration
from providers.yahoo import yahoo

Clock = Callable[[], datetime]
AnyProvider = OidcProvider | FacebookProvider
Builder = Callable[[Registration, httpx2.AsyncClient, Clock, Observer], AnyProvider]


def _speaking(dialect_of: Callable[[Registration], Dialect]) -> Builder:
    def build_oidc(
        registration: Registration, client: httpx2.AsyncClient, clock: Clock, observer: Observer
    ) -> OidcProvider:
        dialect = dialect_of(registration)
        outbound = _outbound(registration, dialect.hosts, client, clock, observer)
        return OidcProvider(
            registration, dialect, outbound=outbound, clock=clock, observer=observer
        )

    return build_oidc


def _facebook(
    registration: Registration, client: httpx2.AsyncClient, clock: Clock, observer: Observer
) -> FacebookProvider:
    addresses = addresses_of(registration)
    outbound = _outbound(registration, addresses.hosts, client, clock, observer)
    return FacebookProvider(registration, addresses, outbound=outbound, observer=observer)


KINDS: Mapping[str, Builder] = {
    "microsoft": _speaking(microsoft),
    "google": _speaking(google),
    "facebook": _facebook,
    "yahoo": _speaking(yahoo),
    "oidc": _speaking(generic),
}


def build(
    registration: Registration,
    *,
    client: httpx2.AsyncClient,
    clock: Clock,
    observer: Observer | None = None,
) -> AnyProvider:
    """Return the provider of a registration, or raise RegistrationInvalid.

    The network is asked nothing. `client` is shared by all (`open_client`); `clock` returns aware
    UTC times.
    """
    return KINDS[registration.kind](registration, client, clock, observer or Unobserved())


def _outbound(
    registration: Registration,
    hosts: frozenset[str],
    client: httpx2.AsyncClient,
    clock: Clock,
    observer: Observer,
) -> Outbound:
    return Outbound(
        registration.name,
        client,
        Breaker(clock),
        hosts=hosts,
        limits=registration.limits,
        allow_insecure_loopback=registration.allow_insecure_loopback,
        observer=observer,
    )
