"""A client's addresses: only ones that an answer can be trusted to (RFC 9700 sections 2.1, 4.1)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from broker.settings.addresses import is_app_scheme, link_fault, redirect_fault, split
from broker.settings.problem import Problem
from broker.settings.schema import ClientSettings

_FORM = "Write an exact https address; http only on localhost; an app's scheme with a dot in it."


def addresses_are_safe(path: str, client: ClientSettings, issuer: str) -> Iterator[Problem]:
    """Every address of a client."""
    if not client.redirect_uris:
        yield Problem(f"{path}.redirect_uris", "Empty.", "Give the portal's redirect address.")
    yield from _listed(f"{path}.redirect_uris", client.redirect_uris, issuer)
    yield from _listed(
        f"{path}.post_logout_redirect_uris", client.post_logout_redirect_uris, issuer
    )
    yield from _app_schemes(path, client)
    for name in ("home_uri", "initiate_login_uri"):
        address = getattr(client, name)
        if address and (fault := link_fault(address)):
            yield Problem(f"{path}.{name}", fault, "Write an https address.")


def _listed(path: str, addresses: tuple[str, ...], issuer: str) -> Iterator[Problem]:
    for at, address in enumerate(addresses):
        if fault := redirect_fault(address):
            yield Problem(f"{path}[{at}]", fault, _FORM)
        elif _is_ours(address, issuer):
            yield Problem(
                f"{path}[{at}]", "It is on our own issuer's origin.", "Use the portal's own."
            )
        if address in addresses[:at]:
            yield Problem(f"{path}[{at}]", "It stands there twice.", "Take one away.")


def _app_schemes(path: str, client: ClientSettings) -> Iterator[Problem]:
    """Another app can claim the same scheme: then only PKCE keeps the code from it."""
    used = (urlsplit(address).scheme for address in client.redirect_uris if split(address))
    if not client.require_pkce and any(is_app_scheme(scheme) for scheme in used):
        yield Problem(
            f"{path}.require_pkce",
            "Off for a client with an app's own scheme, which other apps can claim too.",
            "Turn it on (RFC 8252 section 8.1).",
        )


def _is_ours(address: str, issuer: str) -> bool:
    own, parts = split(issuer), split(address)
    if own is None or parts is None:
        return False
    return (parts.scheme, parts.hostname, parts.port) == (own.scheme, own.hostname, own.port)
