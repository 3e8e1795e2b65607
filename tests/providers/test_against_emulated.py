"""Connectors and emulated providers, written apart from each other, agree on every login and fault.

In process over ASGI: the connector's client and the browser both talk to the emulated application.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from providers import (
    AnyProvider,
    Callback,
    ExternalIdentity,
    LoginAttempt,
    Registration,
    UpstreamDenied,
    UpstreamInvalid,
    UpstreamUnavailable,
    build,
    check,
)
from providers.check import Level
from providers.emulated import consoles
from providers.emulated.app import build as build_emulated
from providers.emulated.config import demo_config
from providers.emulated.keys import KeyStock

ORIGIN = "http://localhost:8001"
BROKER = "http://localhost:8000"

SETTINGS: dict[str, dict[str, Any]] = {
    "microsoft": {
        "kind": "microsoft",
        "client_id": consoles.MICROSOFT_CLIENT_ID,
        "client_secrets": (consoles.MICROSOFT_SECRET,),
        "authority": f"{ORIGIN}/microsoft",
        "tenant": "common",
    },
    "google": {
        "kind": "google",
        "client_id": consoles.GOOGLE_CLIENT_ID,
        "client_secrets": (consoles.GOOGLE_SECRET,),
        "issuer": f"{ORIGIN}/google",
    },
    "facebook": {
        "kind": "facebook",
        "client_id": consoles.FACEBOOK_CLIENT_ID,
        "client_secrets": (consoles.FACEBOOK_SECRET,),
        "dialog_address": f"{ORIGIN}/facebook",
        "graph_address": f"{ORIGIN}/facebook/graph.facebook.com",
    },
    "yahoo": {
        "kind": "yahoo",
        "client_id": consoles.YAHOO_CLIENT_ID,
        "client_secrets": (consoles.YAHOO_SECRET,),
        "issuer": f"{ORIGIN}/yahoo",
    },
    "generic": {
        "kind": "oidc",
        "client_id": consoles.GENERIC_CLIENT_ID,
        "client_secrets": (consoles.GENERIC_SECRET,),
        "issuer": f"{ORIGIN}/generic",
    },
}
OIDC = tuple(name for name in SETTINGS if name != "facebook")


def now() -> datetime:
    """The emulated providers keep real time."""
    return datetime.now(UTC)


@dataclass
class Street:
    """The emulated providers, and a browser in front of them."""

    http: httpx2.AsyncClient

    async def order(self, **order: Any) -> None:
        """Ask the control endpoint for something."""
        answer = await self.http.post(f"{ORIGIN}/__control", json=order)
        assert answer.status_code == 200, answer.text

    def provider(self, name: str, **settings: Any) -> AnyProvider:
        """A connector to one of them."""
        registration = Registration(name=name, allow_insecure_loopback=True, **SETTINGS[name])
        return build(replace(registration, **settings), client=self.http, clock=now)

    async def return_from(self, url: str) -> list[tuple[str, str]]:
        """Follow the browser until it comes back, and give the parameters it brings."""
        for _ in range(8):
            answer = await self.http.get(url)
            assert answer.is_redirect, answer.text[:500]
            url = answer.headers["Location"]
            if url.startswith(f"{BROKER}/callback/"):
                return parse_qsl(urlsplit(url).query, keep_blank_values=True)
        raise AssertionError("the browser does not come back")

    async def sign_in(
        self, name: str, provider: AnyProvider | None = None, **wishes: Any
    ) -> ExternalIdentity:
        """One login from start to finish."""
        provider = provider or self.provider(name)
        attempt = LoginAttempt(
            provider=name,
            redirect_uri=f"{BROKER}/callback/{name}",
            state="state-of-this-login",
            nonce="nonce-of-this-login-at-least-43-characters-x",
            code_verifier="verifier-of-this-login-at-least-43-characters",
            started_at=now(),
            **wishes,
        )
        parameters = await self.return_from(await provider.start(attempt))
        return await provider.finish(attempt, Callback(dict(parameters)))


@pytest.fixture(scope="session")
def stock() -> KeyStock:
    """Keys are slow to make."""
    return KeyStock()


@pytest.fixture
async def street(stock: KeyStock) -> AsyncIterator[Street]:
    """All five, with Karin signing in everywhere."""
    app = build_emulated(demo_config(ORIGIN, BROKER), stock=stock)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as http:
        street = Street(http)
        await street.order(auto_approve="karin")
        yield street


@pytest.mark.parametrize("name", SETTINGS)
async def test_the_same_person_is_the_same_identity(street: Street, name: str) -> None:
    """First time and again, by way of each of the five."""
    first, again = await street.sign_in(name), await street.sign_in(name)
    assert (first.issuer, first.subject) == (again.issuer, again.subject)
    assert first.issuer.startswith(ORIGIN)
    assert first.name


@pytest.mark.parametrize("name", SETTINGS)
async def test_nothing_secret_travels_in_an_address(street: Street, name: str) -> None:
    """What the provider received: no secret and no token in any query."""
    await street.sign_in(name)
    log = (await street.http.get(f"{ORIGIN}/__control/requests")).json()
    queries = str([entry["query"] for entry in log])
    assert SETTINGS[name]["client_secrets"][0] not in queries
    assert "access_token" not in queries


@pytest.mark.parametrize("name", ["microsoft", "yahoo", "generic"])
async def test_a_fresh_login_is_proved(street: Street, name: str) -> None:
    """Where it can be demanded, it comes with its time."""
    identity = await street.sign_in(name, reauthenticate=True)
    assert identity.auth_time is not None
    await street.order(provider=name, faults=["stale_auth_time"])
    with pytest.raises(UpstreamInvalid) as failure:
        await street.sign_in(name, reauthenticate=True)
    assert failure.value.check == "auth_time"


async def test_an_administrators_word_is_no_proof_of_an_address(street: Street) -> None:
    """The attacker's tenant says that the address is the customer's: it stays unverified."""
    victim = await street.sign_in("microsoft")
    await street.order(auto_approve="skurk")
    street.http.cookies.clear()
    attacker = await street.sign_in("microsoft")
    assert attacker.email_verified is False
    assert (attacker.issuer, attacker.subject) != (victim.issuer, victim.subject)


@pytest.mark.parametrize("name", SETTINGS)
async def test_cancelling_comes_back_as_denied(street: Street, name: str) -> None:
    """Each in its usual form."""
    await street.order(provider=name, faults=["cancel"])
    with pytest.raises(UpstreamDenied):
        await street.sign_in(name)


@pytest.mark.parametrize("fault", ["cancel_subcode", "cancel_declined", "cancel_admin"])
async def test_microsofts_other_ways_to_cancel(street: Street, fault: str) -> None:
    """Without description, declined, or waiting for an administrator."""
    await street.order(provider="microsoft", faults=[fault])
    with pytest.raises(UpstreamDenied):
        await street.sign_in("microsoft")


ID_TOKEN_FAULTS = {
    "no_id_token": {"id_token"},
    "wrong_nonce": {"nonce"},
    "no_nonce": {"nonce"},
    "wrong_issuer": {"issuer", "tenant_issuer"},
    "wrong_audience": {"audience"},
    "second_audience": {"authorized_party"},
    "expired": {"expired"},
    "issued_in_future": {"issued_at"},
    "not_yet_valid": {"not_before"},
    "alg_none": {"token_form"},
    "hs256": {"token_algorithm"},
    "weak_key": {"token_algorithm", "token_key"},
    "unknown_kid": {"token_key", "token_algorithm"},
    "bad_signature": {"token_signature"},
    "subject_integer": {"subject"},
    "no_subject": {"subject"},
    "wrong_at_hash": {"access_token_hash"},
    "oversized": {"token_size"},
}


@pytest.mark.parametrize("name", OIDC)
@pytest.mark.parametrize("fault", ID_TOKEN_FAULTS)
async def test_each_bad_token_fails_its_check(street: Street, name: str, fault: str) -> None:
    """The fault is made by one hand and found by another."""
    await street.order(provider=name, faults=[fault])
    with pytest.raises(UpstreamInvalid) as failure:
        await street.sign_in(name)
    assert failure.value.check in ID_TOKEN_FAULTS[fault]


@pytest.mark.parametrize("fault", ["no_object_id", "foreign_tenant", "old_issuer"])
async def test_microsofts_own_faults(street: Street, fault: str) -> None:
    """No object id; a tenant under the key for personal accounts; the issuer of version 1."""
    await street.order(provider="microsoft", faults=[fault])
    with pytest.raises(UpstreamInvalid) as failure:
        await street.sign_in("microsoft")
    assert failure.value.check in {"object_id", "key_issuer", "issuer"}


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("google", "old_issuer"),
        ("yahoo", "padded_at_hash"),
        ("microsoft", "expires_in_text"),
        ("yahoo", "expires_in_absent"),
        ("facebook", "form_body"),
        ("facebook", "proof_required"),
        ("microsoft", "no_email"),
    ],
)
async def test_oddities_are_no_faults(street: Street, name: str, fault: str) -> None:
    """What the real ones do, or did, lets people in."""
    await street.order(provider=name, faults=[fault])
    assert (await street.sign_in(name)).subject


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("fault", ["down_500", "down_502", "down_503", "throttled"])
async def test_no_answer_is_unavailable(street: Street, name: str, fault: str) -> None:
    """At the token endpoint, in each provider's own shape."""
    await street.order(provider=name, faults=[fault])
    with pytest.raises(UpstreamUnavailable):
        await street.sign_in(name)


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize(
    "fault", ["html", "truncated", "huge", "redirect", "not_json_object", "code_rejected"]
)
async def test_a_bad_answer_is_invalid(street: Street, name: str, fault: str) -> None:
    """At the token endpoint; never followed, never half read."""
    await street.order(provider=name, faults=[fault])
    with pytest.raises(UpstreamInvalid):
        await street.sign_in(name)


@pytest.mark.parametrize("name", SETTINGS)
async def test_a_wrong_content_type_is_read_all_the_same(street: Street, name: str) -> None:
    """By content and not by its label."""
    await street.order(provider=name, faults=["wrong_content_type"])
    assert (await street.sign_in(name)).subject


@pytest.mark.parametrize("name", OIDC)
async def test_login_survives_a_rotation(street: Street, name: str) -> None:
    """A key that is new is found at once."""
    provider = street.provider(name)
    await street.sign_in(name, provider)
    await street.order(provider=name, rotate_keys=True)
    assert (await street.sign_in(name, provider)).subject


async def test_flapping_key_sets_are_merged(street: Street) -> None:
    """Edge servers that disagree do not lock anybody out."""
    provider = street.provider("microsoft")
    await street.order(provider="microsoft", faults=[{"name": "flapping", "times": None}])
    for _ in range(4):
        assert (await street.sign_in("microsoft", provider)).subject


@pytest.mark.parametrize("name", OIDC)
@pytest.mark.parametrize("fault", ["foreign_issuer", "foreign_endpoints"])
async def test_foreign_metadata_is_refused(street: Street, name: str, fault: str) -> None:
    """Before anybody is sent anywhere."""
    await street.order(provider=name, faults=[fault])
    with pytest.raises(UpstreamInvalid) as failure:
        await street.sign_in(name)
    assert failure.value.check in {"metadata_issuer", "metadata_endpoint"}


@pytest.mark.parametrize("name", SETTINGS)
async def test_secrets_are_found_good_and_bad(street: Street, name: str) -> None:
    """What `farstu providers check` says of each."""
    redirect_uri = f"{BROKER}/callback/{name}"
    today = now().date()
    good = await check(street.provider(name), redirect_uri=redirect_uri, today=today)
    assert not [finding for finding in good if finding.level is Level.ERROR]
    assert any("secret 1 is accepted" in finding.text for finding in good)
    wrong = street.provider(name, client_secrets=("not-the-secret",))
    bad = await check(wrong, redirect_uri=redirect_uri, today=today)
    assert [finding for finding in bad if finding.level is Level.ERROR]
