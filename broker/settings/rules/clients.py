"""Clients: who may ask, for what, about whom, and how they prove themselves.

`client_problems` judges one client, wherever it was registered.
"""

import re
from collections.abc import Iterator

from broker.settings.addresses import split
from broker.settings.problem import Problem, path_of
from broker.settings.rules.ladders import one_form_fits_all
from broker.settings.rules.redirects import addresses_are_safe
from broker.settings.rules.resources import LOGIN_SCOPES, unknown
from broker.settings.schema import ClientSettings, Settings

_CLIENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,99}")  # travels unencoded everywhere


def clients_are_sound(settings: Settings) -> Iterator[Problem]:
    """Every configured client."""
    for client_id, client in settings.clients.items():
        yield from client_problems(client_id, client, settings)


def client_problems(
    client_id: str, client: ClientSettings, settings: Settings
) -> Iterator[Problem]:
    """Judge one client within an installation."""
    path = path_of(("clients", client_id))
    if not _CLIENT_ID.fullmatch(client_id):
        yield Problem(
            path,
            "This cannot be a client id.",
            "Use letters a-z, figures, and `. _ ~ -`, at most 100.",
        )
    yield from _references(path, client, settings)
    yield from one_form_fits_all(f"{path}.companies", client, settings)
    yield from addresses_are_safe(path, client, settings.issuer)
    yield from _authentication(path, client)
    yield from _scopes(path, client, settings)
    yield from _subject(path, client)


def _references(path: str, client: ClientSettings, settings: Settings) -> Iterator[Problem]:
    if client.company not in settings.companies:
        yield unknown(f"{path}.company", "company", client.company, settings.companies)
    for at, company in enumerate(client.companies):
        if company not in settings.companies:
            yield unknown(f"{path}.companies[{at}]", "company", company, settings.companies)
    if client.brand != "default" and client.brand not in settings.brands:
        yield unknown(f"{path}.brand", "brand", client.brand, settings.brands)
    for at, provider in enumerate(client.providers):
        if provider not in settings.providers:
            yield unknown(f"{path}.providers[{at}]", "provider", provider, settings.providers)
    if client.resource is not None:
        yield from _resource(f"{path}.resource", client, settings)


def _resource(path: str, client: ClientSettings, settings: Settings) -> Iterator[Problem]:
    resource = settings.resources.get(client.resource or "")
    if resource is None:
        yield unknown(path, "resource", client.resource or "", settings.resources)
    elif not set(resource.companies) & set(client.companies or (client.company,)):
        yield Problem(
            path,
            "It is about none of the companies that the client serves, so no token for it would "
            "hold a customer.",
            "Add the company to the client's or to the resource's `companies`.",
        )


def _authentication(path: str, client: ClientSettings) -> Iterator[Problem]:
    method = client.token_endpoint_auth_method
    has_secret = bool(client.secrets or client.secret_digests)
    if method == "none" and has_secret:
        yield Problem(
            f"{path}.token_endpoint_auth_method",
            "`none`, but the client has a secret.",
            "Take away one of the two.",
        )
    if method not in {None, "none"} and not has_secret:
        yield Problem(
            f"{path}.secrets", "Missing.", "Give a secret, or make the method `none` with PKCE."
        )
    if not client.require_pkce and (method == "none" or not has_secret):
        yield Problem(
            f"{path}.require_pkce",
            "Off for a client without a secret: anybody who sees a code could use it.",
            "Turn it on, or give the client a secret.",
        )


def _scopes(path: str, client: ClientSettings, settings: Settings) -> Iterator[Problem]:
    resource = settings.resources.get(client.resource or "")
    if "openid" not in client.scopes:
        yield Problem(f"{path}.scopes", "`openid` is not among them.", "Add it.")
    if client.resource is not None and resource is None:
        return
    grantable = {*LOGIN_SCOPES, *(resource.scopes if resource else ())}
    for at, scope in enumerate(client.scopes):
        if scope not in grantable:
            yield Problem(
                f"{path}.scopes[{at}]",
                "It could never be granted: the client's resource does not have it.",
                "Add it to the resource's `scopes`, or take it away here.",
            )


def _subject(path: str, client: ClientSettings) -> Iterator[Problem]:
    if client.subject_type == "public":
        if client.sector:
            yield Problem(
                f"{path}.sector",
                "It has no effect on a public subject.",
                "Take it away, or make `subject_type` pairwise.",
            )
        return
    hosts = {parts.hostname for each in client.redirect_uris if (parts := split(each))}
    if hosts and (len(hosts) > 1 or None in hosts) and not client.sector:
        yield Problem(
            f"{path}.sector",
            "Missing, and the redirect addresses have several hosts, or none.",
            "Name the sector (OpenID Connect Core section 8.1), such as the main host.",
        )
