"""Everything that configuration can say about one provider.

An empty value means the kind's own default, which stands with the kind: a registration with
nothing but a client id and a secret is complete for the real Microsoft, Google, Facebook and Yahoo.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Kind = Literal["microsoft", "google", "facebook", "yahoo", "oidc"]
ClientAuth = Literal["client_secret_basic", "client_secret_post", "none"]
Pkce = Literal["force", "never", "auto"]
EmailTrust = Literal["never", "claim", "authoritative"]
Userinfo = Literal["off", "fallback", "on"]


class RegistrationInvalid(ValueError):
    """A registration that cannot work; `setting`, `reason` and `remedy` are for the operator."""

    def __init__(self, provider: str, setting: str, *, reason: str, remedy: str) -> None:
        super().__init__(f"providers.{provider}.{setting}: {reason}; {remedy}")
        self.provider = provider
        self.setting = setting
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for one call (`total` spans a retry), and how many calls may be under way at once."""

    connect: float = 3.0
    read: float = 10.0
    total: float = 15.0
    concurrent: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Our registration at one provider.

    `client_secrets` are newest first; the second is tried when the first is refused. Hosts in
    `allowed_hosts` are `host` or `host:port` and come in addition to those of the configured
    addresses. `private_hosts` may resolve to private addresses; `allow_insecure_loopback` lets
    http and loopback pass, and is for an installation that is itself on loopback.
    """

    name: str
    kind: Kind
    client_id: str
    client_secrets: tuple[str, ...] = field(default=(), repr=False)
    client_auth: ClientAuth | None = None
    secret_expires_on: date | None = None
    issuer: str = ""
    authority: str = ""
    dialog_address: str = ""
    graph_address: str = ""
    graph_version: str = ""
    tenant: str = ""
    allowed_tenants: tuple[str, ...] = ()
    hosted_domain: str = ""
    allowed_hosts: tuple[str, ...] = ()
    private_hosts: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    pkce: Pkce | None = None
    email_trust: EmailTrust | None = None
    algorithms: tuple[str, ...] = ()
    userinfo: Userinfo | None = None
    limits: Limits = Limits()
    allow_insecure_loopback: bool = False
