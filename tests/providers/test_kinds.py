"""Registrations: complete with an id and a secret, refused where they could not work."""

from dataclasses import replace
from typing import Any, get_args

import httpx2
import pytest

from providers import KINDS, Registration, RegistrationInvalid, build
from providers.guide_texts import TEXTS
from providers.ledger import STANDARD, extended
from providers.microsoft import microsoft
from providers.oidc import OidcProvider
from providers.registration import Kind
from tests.providers.upstream import Clock

REAL = {
    "microsoft": (
        "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
        "https://login.microsoftonline.com/consumers/v2.0/.well-known/openid-configuration",
    ),
    "google": (
        "https://accounts.google.com",
        "https://accounts.google.com/.well-known/openid-configuration",
    ),
    "yahoo": (
        "https://api.login.yahoo.com",
        "https://api.login.yahoo.com/.well-known/openid-configuration",
    ),
}


def test_every_kind_has_a_builder_and_a_guide() -> None:
    """A kind is one line in each table."""
    assert set(KINDS) == set(get_args(Kind)) == set(TEXTS)


@pytest.mark.parametrize("kind", REAL)
def test_id_and_secret_are_enough(kind: Any, client: httpx2.AsyncClient, clock: Clock) -> None:
    """The defaults are the real provider."""
    registration = Registration(name="p", kind=kind, client_id="c", client_secrets=("s",))
    provider = build(registration, client=client, clock=clock)
    assert isinstance(provider, OidcProvider)
    assert (provider.dialect.issuer, provider.dialect.discovery_url) == REAL[kind]
    assert provider.name == "p"
    assert provider.is_up


@pytest.mark.parametrize("kind", get_args(Kind))
def test_secrets_do_not_show_themselves(kind: Any) -> None:
    """A registration in a traceback gives nothing away."""
    registration = Registration(name="p", kind=kind, client_id="c", client_secrets=("hush",))
    assert "hush" not in repr(registration)


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ({"kind": "oidc"}, "issuer"),
        ({"kind": "oidc", "issuer": "http://id.example.org"}, "issuer"),
        ({"kind": "oidc", "issuer": "http://localhost:8001"}, "issuer"),
        ({"kind": "oidc", "issuer": "https://id.example.org/#x"}, "issuer"),
        ({"kind": "google", "issuer": "http://id.example.org"}, "issuer"),
        ({"kind": "microsoft", "authority": "ftp://id.example.org"}, "authority"),
        ({"kind": "facebook", "graph_address": "graph.facebook.com"}, "graph_address"),
        ({"kind": "google", "algorithms": ("HS256",)}, "algorithms"),
        ({"kind": "google", "algorithms": ("none",)}, "algorithms"),
        (
            {"kind": "oidc", "issuer": "https://id.example.org", "email_trust": "authoritative"},
            "email_trust",
        ),
    ],
)
def test_what_cannot_work_is_refused_with_a_remedy(
    settings: dict[str, Any], setting: str, client: httpx2.AsyncClient, clock: Clock
) -> None:
    """The operator reads which setting, why, and what to do."""
    registration = Registration(name="p", client_id="c", **settings)
    with pytest.raises(RegistrationInvalid) as problem:
        build(registration, client=client, clock=clock)
    assert problem.value.setting == setting
    assert problem.value.remedy
    assert f"providers.p.{setting}" in str(problem.value)


def test_loopback_is_allowed_only_when_said(client: httpx2.AsyncClient, clock: Clock) -> None:
    """Plain http on this machine is for an installation that is itself there."""
    registration = Registration(
        name="p", kind="oidc", client_id="c", issuer="http://localhost:8001/generic"
    )
    allowed = replace(registration, allow_insecure_loopback=True)
    assert build(allowed, client=client, clock=clock)
    elsewhere = replace(allowed, issuer="http://id.example.org")
    with pytest.raises(RegistrationInvalid):
        build(elsewhere, client=client, clock=clock)


def test_openid_is_always_asked_for() -> None:
    """Without it there would be no ID token."""
    registration = Registration(name="p", kind="microsoft", client_id="c", scopes=("email",))
    assert microsoft(registration).scopes == ("openid", "email")


@pytest.mark.parametrize("kind", REAL)
def test_each_claim_stands_in_one_column(
    kind: Any, client: httpx2.AsyncClient, clock: Clock
) -> None:
    """Verified, trusted or ignored: never two of them."""
    registration = Registration(name="p", kind=kind, client_id="c", client_secrets=("s",))
    provider = build(registration, client=client, clock=clock)
    assert isinstance(provider, OidcProvider)
    ledger = provider.dialect.ledger
    columns = (ledger.verified, ledger.trusted_because_signed, ledger.ignored_on_purpose)
    assert len(frozenset().union(*columns)) == sum(len(column) for column in columns)


def test_naming_a_claim_again_moves_it() -> None:
    """A provider that verifies more says so in its own ledger."""
    ledger = extended(verified={"email"}, ignored={"name"})
    assert "email" in ledger.verified
    assert "email" not in ledger.trusted_because_signed
    assert "name" in ledger.ignored_on_purpose
    assert ledger.unknown(["email", "nova"]) == ("nova",)
    assert STANDARD.unknown(["iss", "email", "picture"]) == ()
