"""Clients as the protocol sees them, from the configuration and from run-time registrations."""

import hashlib
from collections.abc import Callable
from urllib.parse import urlsplit

from pydantic import ValidationError

from broker.oauth.client import AuthMethod, Client, Resource
from broker.oauth.scopes import IDENTITY_SCOPES
from broker.settings.schema import ClientSettings, ResourceSettings, Settings

_OWN_ALGORITHM = "ES256"
_OWN_LIFETIME = 600  # seconds


def clients(settings: Settings) -> dict[str, Client]:
    """Return every configured client by its id."""
    return {
        client_id: client(client_id, each, settings) for client_id, each in settings.clients.items()
    }


def stored_client(settings: Settings) -> Callable[[str, str], Client | None]:
    """Return what makes a Client of a stored registration's id and JSON (a `clients` entry).

    It makes none where the registration cannot be read by this release, or names a company that
    has left the configuration since.
    """

    def parse(client_id: str, metadata: str) -> Client | None:
        try:
            entry = ClientSettings.model_validate_json(metadata)
        except ValidationError:
            return None
        named = {entry.company, *entry.companies}
        return client(client_id, entry, settings) if named <= settings.companies.keys() else None

    return parse


def client(client_id: str, entry: ClientSettings, settings: Settings) -> Client:
    """Map one client."""
    return Client(
        client_id=client_id,
        name=entry.name,
        company=entry.company,
        companies=companies_of(entry),
        brand=entry.brand,
        redirect_uris=entry.redirect_uris,
        post_logout_redirect_uris=entry.post_logout_redirect_uris,
        home_uri=entry.home_uri,
        initiate_login_uri=entry.initiate_login_uri,
        secret_hashes=_secret_hashes(entry),
        auth_methods=_auth_methods(entry),
        requires_pkce=entry.require_pkce,
        customer_required=entry.customer_required,
        asks_consent=entry.consent,
        scopes=entry.scopes,
        resource=_resource_of(entry, settings),
        id_token_algorithm=entry.id_token_algorithm,
        id_token_customers=entry.id_token_customers,
        pairwise_sector=_sector(entry),
        providers=entry.providers,
    )


def resources(settings: Settings) -> dict[str, Resource]:
    """Return every configured resource by its audience."""
    return {each.audience: _resource(each) for each in settings.resources.values()}


def names_of_services(settings: Settings) -> frozenset[str]:
    """Return by which names the configuration knows those that check our tokens."""
    return frozenset({*settings.clients, *settings.resources})


def companies_of(entry: ClientSettings) -> tuple[str, ...]:
    """Whose customers a client serves."""
    return entry.companies or (entry.company,)


def _resource_of(entry: ClientSettings, settings: Settings) -> Resource:
    """Return the client's API; our own `/userinfo` where there is none, or where it is gone.

    A client that was registered at run time may outlive the resource that it named; its tokens
    then open nothing but `/userinfo`.
    """
    resource = settings.resources.get(entry.resource or "")
    if resource is not None:
        return _resource(resource)
    return Resource(
        audience=settings.issuer,
        companies=companies_of(entry),
        scopes=IDENTITY_SCOPES,
        algorithm=_OWN_ALGORITHM,
        lifetime=_OWN_LIFETIME,
        shows_customer_number=True,
    )


def _resource(resource: ResourceSettings) -> Resource:
    return Resource(
        audience=resource.audience,
        companies=resource.companies,
        scopes=resource.scopes,
        algorithm=resource.algorithm,
        lifetime=resource.lifetime_seconds,
        shows_customer_number=resource.customer_number,
    )


def _secret_hashes(entry: ClientSettings) -> tuple[bytes, ...]:
    made = (hashlib.sha256(each.get_secret_value().encode()).digest() for each in entry.secrets)
    return (*made, *(bytes.fromhex(each) for each in entry.secret_digests))


def _auth_methods(entry: ClientSettings) -> tuple[AuthMethod, ...]:
    if entry.token_endpoint_auth_method is not None:
        return (entry.token_endpoint_auth_method,)
    if entry.secrets or entry.secret_digests:
        return ("client_secret_basic", "client_secret_post")
    return ("none",)


def _sector(entry: ClientSettings) -> str:
    """Return the sector of a pairwise subject (OpenID Connect Core section 8.1), or empty."""
    if entry.subject_type == "public":
        return ""
    return entry.sector or urlsplit(entry.redirect_uris[0]).hostname or ""
