"""Our registrations at the upstreams, and the providers made of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx2

from broker.settings.addresses import is_loopback_address
from broker.settings.problem import Problem, SettingsInvalid
from broker.settings.schema import ProviderSettings, Settings
from providers import AnyProvider, Observer, build, open_client
from providers.registration import Registration, RegistrationInvalid


def registrations(settings: Settings) -> dict[str, Registration]:
    """Return the registration of every enabled provider by its name, in the buttons' order."""
    return {
        name: registration(name, each, settings)
        for name, each in settings.providers.items()
        if each.enabled
    }


def registration(name: str, provider: ProviderSettings, settings: Settings) -> Registration:
    """Map one provider, enabled or not."""
    return Registration(
        name=name,
        kind=provider.kind,
        client_id=provider.client_id,
        client_secrets=tuple(each.get_secret_value() for each in provider.client_secrets),
        client_auth=provider.client_auth,
        secret_expires_on=provider.secret_expires_on,
        issuer=provider.issuer,
        authority=provider.authority,
        dialog_address=provider.dialog_address,
        graph_address=provider.graph_address,
        graph_version=provider.graph_version,
        tenant=provider.tenant,
        allowed_tenants=provider.allowed_tenants,
        hosted_domain=provider.hosted_domain,
        allowed_hosts=provider.allowed_hosts,
        private_hosts=provider.private_hosts,
        scopes=provider.scopes,
        pkce=provider.pkce,
        email_trust=provider.email_trust,
        algorithms=provider.algorithms,
        userinfo=provider.userinfo,
        allow_insecure_loopback=is_loopback_address(settings.issuer),
    )


def callback_uri(settings: Settings, name: str) -> str:
    """Return the redirect address that is registered at a provider."""
    return f"{settings.issuer}/callback/{name}"


@dataclass(frozen=True, slots=True)
class Ready:
    """The providers of an installation, and the connections that they share."""

    providers: Mapping[str, AnyProvider]
    client: httpx2.AsyncClient


def build_providers(
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    observer: Observer | None = None,
    client: httpx2.AsyncClient | None = None,
) -> Ready:
    """Build every enabled provider; nothing is asked of them. The caller closes the client.

    A test gives a client of its own.

    Raises SettingsInvalid with what only a provider's own rules can tell is wrong.
    """
    wanted = registrations(settings)
    client = client or open_client(wanted.values())
    built: dict[str, AnyProvider] = {}
    problems = []
    for name, each in wanted.items():
        try:
            built[name] = build(each, client=client, clock=clock, observer=observer)
        except RegistrationInvalid as invalid:
            path = f"providers.{name}.{invalid.setting}"
            problems.append(Problem(path, _sentence(invalid.reason), _sentence(invalid.remedy)))
    if problems:
        raise SettingsInvalid(problems)
    return Ready(built, client)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."
