"""Providers: registered there, reached safely, and configured with keys that their kind has."""

import re
from collections.abc import Iterator

from broker.settings.addresses import is_loopback_address, upstream_fault
from broker.settings.problem import Problem
from broker.settings.schema import ProviderSettings, Settings

_ADDRESSES = ("issuer", "authority", "dialog_address", "graph_address")
_ONLY_FOR: dict[str, tuple[str, ...]] = {
    "issuer": ("google", "facebook", "yahoo", "oidc"),
    "authority": ("microsoft",),
    "tenant": ("microsoft",),
    "allowed_tenants": ("microsoft",),
    "hosted_domain": ("google",),
    "dialog_address": ("facebook",),
    "graph_address": ("facebook",),
    "graph_version": ("facebook",),
}
_TENANT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_MANY_TENANTS = ("consumers", "organizations", "common")
_GRAPH_VERSION = re.compile(r"v[1-9][0-9]?\.[0-9]")
ALGORITHMS = ("RS256", "PS256", "ES256")
"""As `providers.jws` has them, which takes long to import."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_HOST_AND_PORT = re.compile(rf"{_HOST.pattern}(:[0-9]{{1,5}})?")


def providers_are_registered(settings: Settings) -> Iterator[Problem]:
    """An enabled provider has our id and secret there, and `oidc` its issuer."""
    for name, provider in _enabled(settings):
        path = f"providers.{name}"
        if not provider.client_id:
            yield Problem(f"{path}.client_id", "Empty.", _guide(name))
        secrets = [secret.get_secret_value() for secret in provider.client_secrets]
        if provider.client_auth == "none":
            if secrets:
                yield Problem(
                    f"{path}.client_auth", "`none`, but there is a secret.", "Take one away."
                )
        elif not secrets:
            yield Problem(f"{path}.client_secrets", "Enabled without a secret.", _guide(name))
        for at, secret in enumerate(secrets):
            if not secret.strip():
                yield Problem(f"{path}.client_secrets[{at}]", "Empty.", _guide(name))
        if provider.kind == "oidc" and not provider.issuer:
            yield Problem(
                f"{path}.issuer", "Missing.", "Give the issuer exactly as its metadata says it."
            )


def addresses_are_safe(settings: Settings) -> Iterator[Problem]:
    """https, or http while our own issuer is on this machine."""
    http_allowed = is_loopback_address(settings.issuer)
    for name, provider in settings.providers.items():
        for key in _ADDRESSES:
            address = getattr(provider, key)
            if address and (fault := upstream_fault(address, http_allowed=http_allowed)):
                yield Problem(
                    f"providers.{name}.{key}", fault, "Write it like `https://login.example.com`."
                )
        yield from _hosts(f"providers.{name}", provider)


def _hosts(path: str, provider: ProviderSettings) -> Iterator[Problem]:
    """An address has a port; what a name resolves to has none."""
    for at, host in enumerate(provider.allowed_hosts):
        if not _HOST_AND_PORT.fullmatch(host):
            yield Problem(
                f"{path}.allowed_hosts[{at}]",
                "Not a host.",
                "Write a host name alone, or `host:port`.",
            )
    for at, host in enumerate(provider.private_hosts):
        if not _HOST.fullmatch(host):
            yield Problem(
                f"{path}.private_hosts[{at}]", "Not a host name.", "Write it without a port."
            )


def keys_suit_the_kind(settings: Settings) -> Iterator[Problem]:
    """A key of another kind would have no effect, and somebody would rely on it."""
    for name, provider in settings.providers.items():
        for key, kinds in _ONLY_FOR.items():
            if getattr(provider, key) and provider.kind not in kinds:
                yield Problem(
                    f"providers.{name}.{key}",
                    f"It has no effect on a provider of the kind `{provider.kind}`.",
                    "Take it away.",
                )


def values_are_possible(settings: Settings) -> Iterator[Problem]:
    """Tenants, Graph version, algorithms and scopes are ones that exist."""
    for name, provider in settings.providers.items():
        path = f"providers.{name}"
        yield from _tenants(path, provider)
        if provider.graph_version and not _GRAPH_VERSION.fullmatch(provider.graph_version):
            yield Problem(f"{path}.graph_version", "Not a Graph version.", "Write it like v25.0.")
        for at, algorithm in enumerate(provider.algorithms):
            if algorithm not in ALGORITHMS:
                yield Problem(
                    f"{path}.algorithms[{at}]",
                    "Not an algorithm with a public key that we accept.",
                    f"Use some of {', '.join(ALGORITHMS)}.",
                )
        if provider.hosted_domain and not _DOMAIN.fullmatch(provider.hosted_domain):
            yield Problem(f"{path}.hosted_domain", "Not a domain.", "Write it like example.se.")
        if provider.scopes and provider.kind != "facebook" and "openid" not in provider.scopes:
            yield Problem(
                f"{path}.scopes",
                "`openid` is not among them, so there would be no ID token.",
                "Add it.",
            )


def _tenants(path: str, provider: ProviderSettings) -> Iterator[Problem]:
    tenant = provider.tenant
    if tenant and tenant not in _MANY_TENANTS and not _TENANT_ID.fullmatch(tenant):
        yield Problem(
            f"{path}.tenant",
            "Not a tenant.",
            f"Write {', '.join(_MANY_TENANTS)}, or a tenant id (not its domain).",
        )
    for at, allowed in enumerate(provider.allowed_tenants):
        if not _TENANT_ID.fullmatch(allowed):
            yield Problem(
                f"{path}.allowed_tenants[{at}]",
                "Not a tenant id.",
                "Write the GUID from Entra's overview page, in small letters.",
            )
    if provider.allowed_tenants and tenant in {"", "consumers"}:
        yield Problem(
            f"{path}.allowed_tenants",
            "`tenant` is `consumers`, which is one tenant of its own.",
            "Make `tenant` organizations or common, or take this away.",
        )


def _enabled(settings: Settings) -> Iterator[tuple[str, ProviderSettings]]:
    return ((name, each) for name, each in settings.providers.items() if each.enabled)


def _guide(name: str) -> str:
    return f"`farstu providers guide {name}` says where to get it; or set `enabled = false`."
