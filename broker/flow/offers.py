"""Which providers a person may choose from: what the client offers, and what each can do now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from broker.flow.auth_request import AuthRequest
from broker.oauth.client import Client
from broker.storage.ports import Session
from providers.base import Provider


@dataclass(frozen=True, slots=True)
class Offer:
    """One button. `fits` is False where the request needs a fresh login that it cannot give."""

    provider: Provider
    fits: bool

    @property
    def name(self) -> str:
        """The provider's configured name."""
        return self.provider.name


@dataclass(frozen=True, slots=True)
class Offers:
    """All enabled providers, in the order of the configuration."""

    providers: Mapping[str, Provider]

    def of(self, client: Client, *, needs_fresh: bool) -> tuple[Offer, ...]:
        """The client's buttons."""
        return tuple(
            Offer(provider, fits=provider.can_reauthenticate or not needs_fresh)
            for name, provider in self.providers.items()
            if self.includes(client, name)
        )

    def includes(self, client: Client, name: str) -> bool:
        """Whether this provider is enabled and the client offers it."""
        return name in self.providers and (not client.providers or name in client.providers)


def needs_fresh_login(request: AuthRequest, session: Session | None, now: datetime) -> bool:
    """Whether only a forced round trip will do: `prompt=login`, or a session older than `max_age`.

    OpenID Connect Core sections 3.1.2.1 and 3.1.2.3.
    """
    return request.reauthenticate or (session is not None and is_too_old(request, session, now))


def is_too_old(request: AuthRequest, session: Session, now: datetime) -> bool:
    """Whether `max_age` (seconds) has passed since the person proved themselves."""
    if request.max_age is None:
        return False
    return now.timestamp() > session.auth_time.timestamp() + request.max_age
