"""The relying party and the resource as the protocol sees them (RFC 7591 names).

Values that the registry has read from settings or storage; whether a request may use them is
decided by `requests`, `clients.authenticate` and `return_address`.
"""

from dataclasses import dataclass
from typing import Literal

AuthMethod = Literal["client_secret_basic", "client_secret_post", "none"]


@dataclass(frozen=True, slots=True)
class Resource:
    """An API that takes our access tokens; `audience` is their `aud` (RFC 9068 section 2.2)."""

    audience: str
    companies: tuple[str, ...]
    scopes: tuple[str, ...]
    algorithm: str
    lifetime: int
    shows_customer_number: bool


@dataclass(frozen=True, slots=True)
class Client:
    """A relying party. Secrets are SHA-256 digests of high-entropy values."""

    client_id: str
    name: str
    company: str
    companies: tuple[str, ...]
    brand: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    home_uri: str
    initiate_login_uri: str
    secret_hashes: tuple[bytes, ...]
    auth_methods: tuple[AuthMethod, ...]
    requires_pkce: bool
    customer_required: bool
    asks_consent: bool
    scopes: tuple[str, ...]
    resource: Resource
    id_token_algorithm: str
    id_token_customers: bool
    pairwise_sector: str
    providers: tuple[str, ...]

    def can_be_impersonated(self, redirect_uri: str) -> bool:
        """Whether nothing proves the client: no secret, and an address that is not on the web."""
        return self.auth_methods == ("none",) and not redirect_uri.startswith("https://")

    @property
    def start_uri(self) -> str:
        """Where a login starts anew, or empty."""
        return self.initiate_login_uri or self.home_uri
