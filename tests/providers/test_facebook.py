"""Facebook: no ID token, errors of its own, proof of the app secret."""

from dataclasses import replace

import httpx
import pytest
import respx

from providers import (
    Registration,
    RegistrationInvalid,
    UpstreamDenied,
    UpstreamInvalid,
    UpstreamUnavailable,
)
from providers.facebook import addresses_of
from tests.providers.upstream import Login, query_of

GRAPH = "https://graph.facebook.com/v25.0"
MAJA = {
    "id": "10158212345678901",
    "name": "Maja Lind",
    "first_name": "Maja",
    "last_name": "Lind",
    "email": "maja@example.org",
}


@pytest.fixture
def at_facebook(login: Login) -> Login:
    """The standard login, at Facebook's real addresses."""
    router = login.upstream.router
    router.clear()
    tokens = {"access_token": "test-access-token", "token_type": "bearer", "expires_in": 5183944}
    router.post(f"{GRAPH}/oauth/access_token", name="token").respond(json=tokens)
    router.get(f"{GRAPH}/me", name="me").respond(json=MAJA)
    login.registration = Registration(
        name="upstream", kind="facebook", client_id="1234", client_secrets=("test-app-secret",)
    )
    return login


def routes(login: Login) -> dict[str, respx.Route]:
    """The two endpoints by name."""
    return {name: login.upstream.router.routes[name] for name in ("token", "me")}


def graph_error(code: int, subcode: int = 0, status: int = 400) -> httpx.Response:
    """An error as the Graph API writes it."""
    error = {
        "message": "Error for maja@example.org",
        "type": "OAuthException",
        "code": code,
        "error_subcode": subcode,
        "fbtrace_id": "AbCd_12-3",
    }
    return httpx.Response(status, json={"error": error})


async def test_dialog_is_asked_for_a_code(at_facebook: Login) -> None:
    """The versioned dialog, with state; no nonce and no proof key, which it has not."""
    url = await at_facebook.provider().start(at_facebook.attempt)
    asked = query_of(url)
    assert url.startswith("https://www.facebook.com/v25.0/dialog/oauth?")
    assert asked["scope"] == "public_profile,email"
    assert asked["state"] == at_facebook.attempt.state
    assert not {"nonce", "code_challenge", "auth_type", "login_hint"} & asked.keys()


async def test_identity_is_the_app_scoped_id(at_facebook: Login) -> None:
    """The id as text under Facebook's issuer; an e-mail, never verified."""
    identity = await at_facebook.finish()
    assert (identity.issuer, identity.subject) == ("https://www.facebook.com", MAJA["id"])
    assert (identity.email, identity.email_verified) == ("maja@example.org", False)
    assert (identity.given_name, identity.family_name) == ("Maja", "Lind")
    assert identity.client_id == "1234"


@pytest.mark.parametrize("trust", ["claim", "authoritative"])
async def test_no_setting_makes_its_email_verified(at_facebook: Login, trust: str) -> None:
    """Facebook says nothing of the sort, so nothing can be believed."""
    routes(at_facebook)["me"].respond(json={**MAJA, "email_verified": True})
    identity = await at_facebook.finish(at_facebook.provider(email_trust=trust))
    assert identity.email_verified is False


async def test_secret_goes_in_the_body_and_its_proof_with_the_call(at_facebook: Login) -> None:
    """No secret and no token in an address, where logs would keep them."""
    await at_facebook.finish()
    token = routes(at_facebook)["token"].calls.last.request
    assert token.url.query == b""
    form = dict(httpx.QueryParams(token.content.decode()))
    assert (form["client_id"], form["client_secret"]) == ("1234", "test-app-secret")
    me = routes(at_facebook)["me"].calls.last.request
    assert me.headers["Authorization"] == "Bearer test-access-token"
    assert query_of(str(me.url)) == {
        "fields": "id,name,first_name,last_name,email",
        "appsecret_proof": "c7a7a56a58d03b05def128144d755b6c5bd4ba6b88fbfd8a59a909c862e52d7b",
    }


async def test_old_form_answer_is_read(at_facebook: Login) -> None:
    """Old versions answered with a form, and without a token type."""
    routes(at_facebook)["token"].respond(text="access_token=test-access-token&expires=5183944")
    assert (await at_facebook.finish()).subject == MAJA["id"]


async def test_absent_email_is_no_error(at_facebook: Login) -> None:
    """Declined, or an account with a phone number only."""
    routes(at_facebook)["me"].respond(json={"id": "77", "name": "Maja"})
    identity = await at_facebook.finish()
    assert (identity.subject, identity.email) == ("77", None)


@pytest.mark.parametrize(
    "body",
    [
        b"false",
        b"[]",
        b"<html>",
        b"",
        b'{"id": 10158212345678901}',
        b'{"id": "x"}',
        b'{"id": ""}',
        b'{"name": "Maja"}',
        b'{"id": "1", "id": "2"}',
        b'{"error": "text"}',
    ],
)
async def test_strange_profiles_are_refused(at_facebook: Login, body: bytes) -> None:
    """JSON `false`, a number for an id, two ids: a refusal and never a crash."""
    routes(at_facebook)["me"].respond(content=body)
    assert await at_facebook.failed_check() in {"graph_response", "subject"}


@pytest.mark.parametrize(
    ("answer", "check"),
    [
        (graph_error(100, 36009), "code_redemption"),
        (graph_error(1), "client_authentication"),
        (graph_error(101), "client_authentication"),
    ],
)
async def test_token_errors_by_number(
    at_facebook: Login, answer: httpx.Response, check: str
) -> None:
    """A used code and a wrong secret are told apart; the provider's text is not repeated."""
    routes(at_facebook)["token"].mock(return_value=answer)
    with pytest.raises(UpstreamInvalid) as failure:
        await at_facebook.finish()
    assert failure.value.check == check
    assert "AbCd_12-3" in failure.value.detail
    assert "maja" not in failure.value.detail


async def test_second_secret_is_tried(at_facebook: Login) -> None:
    """The secret that was accepted also makes the proof."""
    good = httpx.Response(200, json={"access_token": "test-access-token"})
    routes(at_facebook)["token"].mock(side_effect=[graph_error(1), good])
    await at_facebook.finish(at_facebook.provider(client_secrets=("new", "test-app-secret")))
    me = routes(at_facebook)["me"].calls.last.request
    assert query_of(str(me.url))["appsecret_proof"].startswith("c7a7a56a58d0")


async def test_a_refused_code_is_not_tried_with_another_secret(at_facebook: Login) -> None:
    """The secret was good; the code is spent, and goes nowhere again."""
    routes(at_facebook)["token"].mock(side_effect=[graph_error(100)])
    provider = at_facebook.provider(client_secrets=("test-app-secret", "old"))
    assert await at_facebook.failed_check(provider) == "code_redemption"


async def test_without_a_secret_nothing_is_sent(at_facebook: Login) -> None:
    """No secret, no login."""
    assert await at_facebook.failed_check(at_facebook.provider(client_secrets=())) == (
        "client_authentication"
    )
    assert not routes(at_facebook)["token"].called


@pytest.mark.parametrize("code", [2, 4, 17, 32, 341, 613])
async def test_throttling_is_unavailable(at_facebook: Login, code: int) -> None:
    """To be tried again later, at either endpoint."""
    for endpoint in ("me", "token"):
        routes(at_facebook)[endpoint].mock(return_value=graph_error(code, status=403))
        with pytest.raises(UpstreamUnavailable):
            await at_facebook.finish()


async def test_missing_proof_is_an_error(at_facebook: Login) -> None:
    """What Graph refuses about our call refuses the login."""
    routes(at_facebook)["me"].mock(return_value=graph_error(100))
    assert await at_facebook.failed_check() == "graph_error"


async def test_cancelling_is_not_an_error(at_facebook: Login) -> None:
    """The four parameters of its cancel."""
    returned = at_facebook.returned(
        code=None,
        error="access_denied",
        error_code="200",
        error_description="Permissions error",
        error_reason="user_denied",
    )
    with pytest.raises(UpstreamDenied):
        await at_facebook.provider().finish(at_facebook.attempt, returned)


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"error_code": "100", "error_message": "Invalid"}, UpstreamInvalid),
        ({"error_code": "2", "error_message": "Try again"}, UpstreamUnavailable),
        ({"error_code": "9" * 5000}, UpstreamInvalid),
        ({"error_code": "²"}, UpstreamInvalid),
        ({"error_code": "100", "code": "a-code"}, UpstreamInvalid),
        ({"error": "access_denied", "code": "a-code"}, UpstreamInvalid),
        ({"error": "temporarily_unavailable"}, UpstreamUnavailable),
    ],
)
async def test_dialog_errors(
    at_facebook: Login, parameters: dict[str, str], error: type[Exception]
) -> None:
    """An `error_code` alone is an error as well."""
    returned = at_facebook.returned(**({"code": None} | parameters))
    with pytest.raises(error):
        await at_facebook.provider().finish(at_facebook.attempt, returned)
    assert not routes(at_facebook)["token"].called


async def test_answer_to_another_login_is_refused(at_facebook: Login) -> None:
    """State and provider bind it, for there is no nonce."""
    provider = at_facebook.provider()
    for attempt, returned in (
        (at_facebook.attempt, at_facebook.returned(state="another")),
        (replace(at_facebook.attempt, provider="google"), at_facebook.returned()),
    ):
        with pytest.raises(UpstreamInvalid):
            await provider.finish(attempt, returned)
    assert not routes(at_facebook)["token"].called


async def test_a_fresh_login_cannot_be_had(at_facebook: Login) -> None:
    """Nothing signed would show that it took place, so it is refused both ways."""
    provider = at_facebook.provider()
    demanded = replace(at_facebook.attempt, reauthenticate=True)
    assert provider.can_reauthenticate is False
    with pytest.raises(UpstreamInvalid):
        await provider.start(demanded)
    with pytest.raises(UpstreamInvalid):
        await provider.finish(demanded, at_facebook.returned())


async def test_page_wishes(at_facebook: Login) -> None:
    """Another account by its own word; the language as it writes it."""
    at_facebook.attempt = replace(
        at_facebook.attempt, choose_account=True, ui_locales=("fi", "sv"), login_hint="m@x.se"
    )
    asked = await at_facebook.asked()
    assert (asked["auth_type"], asked["locale"]) == ("reauthenticate", "sv_SE")
    assert "login_hint" not in asked


async def test_unknown_fields_are_counted(at_facebook: Login) -> None:
    """What we did not ask for is noticed and not used."""
    routes(at_facebook)["me"].respond(json={**MAJA, "gender": "x"})
    await at_facebook.finish()
    assert at_facebook.heard.claims == ["gender"]


async def test_an_open_breaker_stops_logins_before_they_leave(at_facebook: Login) -> None:
    """Facebook down: nobody is sent there, until it is probed again."""
    routes(at_facebook)["token"].respond(500)
    provider = at_facebook.provider()
    for _ in range(5):
        with pytest.raises(UpstreamUnavailable):
            await at_facebook.finish(provider)
    assert provider.is_up is False
    with pytest.raises(UpstreamUnavailable):
        await provider.start(at_facebook.attempt)
    at_facebook.clock.advance(seconds=30)
    assert provider.is_up is True
    assert await provider.start(at_facebook.attempt)


@pytest.mark.parametrize("version", ["25.0", "v25", "v25.0/evil", "latest"])
def test_graph_version_has_one_form(version: str) -> None:
    """It becomes part of a path."""
    with pytest.raises(RegistrationInvalid) as problem:
        addresses_of(Registration(name="fb", kind="facebook", client_id="1", graph_version=version))
    assert problem.value.setting == "graph_version"


def test_other_addresses_make_another_issuer(login: Login) -> None:
    """Accounts of an emulated Facebook can never be taken for real ones."""
    registration = Registration(
        name="fb",
        kind="facebook",
        client_id="1",
        dialog_address="http://localhost:8001/facebook",
        graph_address="http://localhost:8001/facebook",
        allow_insecure_loopback=True,
    )
    addresses = addresses_of(registration)
    assert addresses.issuer == "http://localhost:8001/facebook"
    assert addresses.hosts == {"localhost:8001"}
