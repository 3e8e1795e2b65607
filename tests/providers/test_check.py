"""`farstu providers check`: what it finds, and that it never raises."""

from datetime import date
from typing import Any

import httpx
import pytest

from providers import Finding, Level, Registration, check
from providers.check import check_secret_date, check_version, judge_secret
from providers.token_endpoint import Refusal
from tests.providers.upstream import REDIRECT_URI, Login, public

TODAY = date(2026, 11, 23)


async def findings(login: Login, **settings: Any) -> list[Finding]:
    """Check the upstream with a made-up code that it refuses."""
    provider = login.provider(**settings)
    return await check(provider, redirect_uri=REDIRECT_URI, today=TODAY)


@pytest.fixture
def refusing(login: Login) -> Login:
    """An upstream that knows our secret and refuses the made-up code."""
    login.upstream.token_status = 400
    login.upstream.token_fields = {"error": "invalid_grant"}
    return login


def texts(found: list[Finding], level: Level) -> str:
    """All that was found of one level."""
    return "\n".join(finding.text for finding in found if finding.level is level)


async def test_all_is_well(refusing: Login) -> None:
    """Discovery, keys and secret, each with its line."""
    found = await findings(refusing)
    assert {finding.level for finding in found} == {Level.OK}
    said = texts(found, Level.OK)
    assert "https://id.example.org" in said
    assert "1 keys usable" in said
    assert "secret 1 is accepted" in said
    assert refusing.upstream.last_form()["redirect_uri"] == REDIRECT_URI


async def test_provider_down(refusing: Login) -> None:
    """It says that there was no answer."""
    refusing.upstream.broken = {"discovery"}
    assert "no answer" in texts(await findings(refusing), Level.ERROR)


@pytest.mark.parametrize(
    ("metadata", "word"),
    [
        ({"issuer": "https://other.example"}, "metadata_issuer"),
        ({"token_endpoint": "https://other.example/token"}, "metadata_endpoint"),
        ({"id_token_signing_alg_values_supported": ["HS256"]}, "signs with HS256"),
        ({"token_endpoint_auth_methods_supported": ["tls_client_auth"]}, "client_secret_basic"),
    ],
)
async def test_errors_in_the_metadata(refusing: Login, metadata: dict[str, Any], word: str) -> None:
    """Each with what to do about it."""
    refusing.upstream.metadata |= metadata
    found = await findings(refusing)
    assert word in texts(found, Level.ERROR)
    assert all(finding.remedy for finding in found if finding.level is not Level.OK)


async def test_warnings_of_the_metadata(refusing: Login) -> None:
    """A proof key that is not mentioned and a scope that is not offered."""
    del refusing.upstream.metadata["code_challenge_methods_supported"]
    refusing.upstream.metadata["scopes_supported"] = ["openid", "email"]
    said = texts(await findings(refusing), Level.WARNING)
    assert "PKCE" in said
    assert "profile" in said


async def test_weak_keys_are_no_keys(refusing: Login) -> None:
    """The error names the size that is needed."""
    refusing.upstream.jwks = [public(refusing.upstream.keys.weak_rsa, kid="one")]
    assert "2048" in texts(await findings(refusing), Level.ERROR)


async def test_each_secret_is_tried(refusing: Login) -> None:
    """Two while one is being changed: the bad one is named by its place."""
    refusing.upstream.router.routes["token"].mock(
        side_effect=[
            httpx.Response(401, json={"error": "invalid_client"}),
            httpx.Response(400, json={"error": "invalid_grant"}),
        ]
    )
    found = await findings(refusing, client_secrets=("new", "old"))
    assert "secret 1" in texts(found, Level.ERROR)
    assert "secret 2 is accepted" in texts(found, Level.OK)


async def test_a_redeemed_made_up_code_is_an_error(login: Login) -> None:
    """A provider that takes any code proves nothing."""
    assert "made-up code was redeemed" in texts(await findings(login), Level.ERROR)


@pytest.mark.parametrize(
    ("refusal", "level", "word"),
    [
        (Refusal("invalid_grant", ""), Level.OK, "accepted"),
        (Refusal("invalid_client", "status 401 7000222"), Level.ERROR, "has ended"),
        (Refusal("invalid_client", "status 401"), Level.ERROR, "refused"),
        (Refusal("unauthorized_client", ""), Level.ERROR, "refused"),
        (Refusal("redirect_uri_mismatch", ""), Level.ERROR, "redirect address"),
        (Refusal("invalid_request", ""), Level.WARNING, "neither"),
    ],
)
def test_what_a_refusal_says_of_the_secret(refusal: Refusal, level: Level, word: str) -> None:
    """`invalid_grant` means that we were recognised."""
    finding = judge_secret(refusal, 1)
    assert finding.level is level
    assert word in finding.text


@pytest.mark.parametrize(
    ("days", "level"),
    [
        (-1, Level.ERROR),
        (0, Level.WARNING),
        (3, Level.WARNING),
        (14, Level.WARNING),
        (30, Level.WARNING),
        (31, Level.OK),
    ],
)
def test_the_secrets_last_day(days: int, level: Level) -> None:
    """A month before it ends, the check begins to say so."""
    registration = Registration(
        name="p",
        kind="google",
        client_id="c",
        secret_expires_on=date.fromordinal(TODAY.toordinal() + days),
    )
    assert [finding.level for finding in check_secret_date(registration, today=TODAY)] == [level]


@pytest.mark.parametrize(
    ("version", "level"),
    [
        ("v20.0", Level.ERROR),
        ("v21.0", Level.WARNING),
        ("v22.0", Level.WARNING),
        ("v25.0", Level.OK),
        ("v99.0", Level.WARNING),
    ],
)
def test_graph_versions_end(version: str, level: Level) -> None:
    """Ended, ending within half a year, alive, or not known."""
    assert [finding.level for finding in check_version(version, today=TODAY)] == [level]


@pytest.mark.parametrize(
    ("answer", "level", "word"),
    [
        (httpx.Response(200, json={"access_token": "1|x"}), Level.OK, "accepted"),
        (httpx.Response(400, json={"error": {"code": 1}}), Level.ERROR, "refused"),
        (httpx.Response(400, json={"error": {"code": 101}}), Level.ERROR, "refused"),
        (httpx.Response(403, json={"error": {"code": 4}}), Level.WARNING, "neither"),
        (httpx.Response(503), Level.ERROR, "no answer"),
        (httpx.Response(200, text="<html>"), Level.ERROR, "token_response"),
    ],
)
async def test_facebooks_secret(
    login: Login, answer: httpx.Response, level: Level, word: str
) -> None:
    """An app token is had with a good secret only."""
    router = login.upstream.router
    router.clear()
    router.post("https://graph.facebook.com/v25.0/oauth/access_token", name="token").mock(
        return_value=answer
    )
    login.registration = Registration(
        name="fb", kind="facebook", client_id="1", client_secrets=("s",)
    )
    found = await findings(login)
    assert word in texts(found, level)
