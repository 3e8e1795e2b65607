"""What the broker and an upstream identity provider say to each other.

A provider has two verbs: `start` builds the address to send the browser to, `finish` turns the
browser's return into an `ExternalIdentity`. Everything that must survive in between is a
`LoginAttempt`, which the broker keeps and hands back. Nothing here knows about clients, customers,
cookies or sessions, and no upstream token leaves this package.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """One round trip to one provider; the secrets in it are made by the caller.

    `state` is at most 128 URL-safe characters, `nonce` and `code_verifier` at least 43 (RFC 7636
    section 4.1). `max_age` is in seconds (OpenID Connect Core section 3.1.2.1).
    """

    provider: str
    redirect_uri: str
    state: str
    nonce: str
    code_verifier: str
    started_at: datetime
    reauthenticate: bool = False
    choose_account: bool = False
    max_age: int | None = None
    login_hint: str = ""
    ui_locales: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Callback:
    """What came back on the redirect address; each parameter at most once."""

    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ExternalIdentity:
    """Who the provider says this is; every field has been checked or is None.

    `(issuer, subject)` is the identity: canonical issuer, stable subject, compared byte for byte.
    E-mail and names are for display, never for recognising anybody. `auth_time`, `acr` and `amr`
    are set only when the provider's signed word for them was verified.
    """

    provider: str
    issuer: str
    subject: str
    client_id: str
    other_subjects: Mapping[str, str] = field(default_factory=dict)
    email: str | None = None
    email_verified: bool = False
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    auth_time: datetime | None = None
    acr: str | None = None
    amr: tuple[str, ...] = ()
    upstream_sid: str | None = None


class Provider(Protocol):
    """One configured upstream; several may be of the same kind."""

    @property
    def name(self) -> str:
        """The configured name, as in `/callback/{name}` and `idp_hint`."""
        ...

    @property
    def can_reauthenticate(self) -> bool:
        """Whether a forced round trip makes the person prove themselves again."""
        ...

    @property
    def is_up(self) -> bool:
        """False while the circuit breaker is open; never asks the network."""
        ...

    async def start(self, attempt: LoginAttempt) -> str:
        """Return the address to send the browser to, or raise UpstreamUnavailable."""
        ...

    async def finish(self, attempt: LoginAttempt, callback: Callback) -> ExternalIdentity:
        """Return the proven identity, or raise a ProviderError. Never called twice for a state."""
        ...
