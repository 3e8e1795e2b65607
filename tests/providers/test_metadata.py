"""Discovery: what a document must hold, and how long it serves."""

import asyncio
from typing import Any

import pytest

from providers import UpstreamInvalid, UpstreamUnavailable
from tests.providers.upstream import Login


@pytest.mark.parametrize(
    "issuer", ["https://id.example.org/", "https://evil.example", None, ["https://id.example.org"]]
)
async def test_issuer_must_be_the_configured_one(login: Login, issuer: Any) -> None:
    """To the letter: a slash more is another issuer (Discovery section 4.3)."""
    login.upstream.metadata["issuer"] = issuer
    assert await login.failed_check() == "metadata_issuer"


@pytest.mark.parametrize(
    "name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"]
)
@pytest.mark.parametrize(
    "address",
    [
        "http://id.example.org/x",
        "https://evil.example/x",
        "https://id.example.org.evil.example/x",
        "https://id.example.org:8443/x",
        "https://id.example.org@evil.example/x",
        "https://id.example.org/x#fragment",
        "https://id.example.org\\@evil.example/x",
        "https://id.example.org/x\n",
        "https://[::1",
        "//id.example.org/x",
        "javascript:alert(1)",
        7,
    ],
)
async def test_endpoints_are_on_the_providers_hosts(login: Login, name: str, address: Any) -> None:
    """No endpoint may lead elsewhere, or nowhere."""
    login.upstream.metadata[name] = address
    assert await login.failed_check() == "metadata_endpoint"


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
async def test_endpoints_that_are_needed_must_be_there(login: Login, name: str) -> None:
    """Facebook's OpenID Connect document, for one, has no token endpoint."""
    del login.upstream.metadata[name]
    assert await login.failed_check() == "metadata_endpoint"


async def test_userinfo_may_be_absent(login: Login) -> None:
    """Apple has none."""
    del login.upstream.metadata["userinfo_endpoint"]
    assert await login.failed_check(login.provider(userinfo="on")) == ""


async def test_configured_hosts_are_allowed(login: Login) -> None:
    """An operator may name a host beside the issuer's."""
    login.upstream.metadata["jwks_uri"] = "https://keys.example.org/keys"
    login.upstream.router.get("https://keys.example.org/keys").respond(
        json={"keys": login.upstream.jwks}
    )
    assert await login.failed_check() == "metadata_endpoint"
    assert await login.failed_check(login.provider(allowed_hosts=("keys.example.org",))) == ""


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"issuer":1,"issuer":2}', b"\xff", b"NaN"])
async def test_only_strict_json_is_read(login: Login, body: bytes) -> None:
    """HTML in its place is a refusal by name."""
    login.upstream.router.routes["discovery"].respond(content=body)
    assert await login.failed_check() == "metadata"


async def test_it_is_fetched_when_first_needed_and_once_a_day(login: Login) -> None:
    """Nothing at start, one call for many logins, another after 24 hours."""
    provider = login.provider()
    assert login.upstream.calls("discovery") == 0
    await asyncio.gather(*(provider.start(login.attempt) for _ in range(10)))
    assert login.upstream.calls("discovery") == 1
    login.clock.advance(hours=23, minutes=59)
    await provider.start(login.attempt)
    assert login.upstream.calls("discovery") == 1
    login.clock.advance(minutes=1)
    await provider.start(login.attempt)
    assert login.upstream.calls("discovery") == 2


async def test_first_fetch_failing_is_unavailable_and_tried_again(login: Login) -> None:
    """There is nothing to fall back on; the next login asks again."""
    provider = login.provider()
    login.upstream.broken = {"discovery"}
    with pytest.raises(UpstreamUnavailable):
        await provider.start(login.attempt)
    login.upstream.broken = set()
    assert await provider.start(login.attempt)


async def test_last_good_document_serves_while_it_is_down(login: Login) -> None:
    """For a week, asked again every five minutes, and the operator hears of it."""
    provider = login.provider()
    await provider.start(login.attempt)
    login.upstream.broken = {"discovery"}
    login.clock.advance(hours=24)
    assert await provider.start(login.attempt)
    calls = login.upstream.calls("discovery")
    assert login.heard.stales == ["metadata"]
    login.clock.advance(minutes=4)
    assert await provider.start(login.attempt)
    assert login.upstream.calls("discovery") == calls
    login.clock.advance(minutes=1)
    assert await provider.start(login.attempt)
    assert login.upstream.calls("discovery") > calls
    login.clock.advance(days=7)
    for _ in range(2):  # neither the call that asks again nor the one just after
        with pytest.raises(UpstreamUnavailable):
            await provider.start(login.attempt)


async def test_a_document_gone_bad_never_replaces_a_good_one(login: Login) -> None:
    """Endpoints on another host do not come in by a refresh."""
    provider = login.provider()
    await provider.start(login.attempt)
    login.upstream.metadata["token_endpoint"] = "https://evil.example/token"
    login.clock.advance(hours=25)
    assert (await provider.start(login.attempt)).startswith("https://id.example.org/authorize")
    assert login.heard.stales == ["metadata"]


async def test_failing_together_asks_once(login: Login) -> None:
    """Twenty waiting logins share one failed fetch; they do not stand in line for their own."""
    login.upstream.broken = {"discovery"}
    provider = login.provider()
    outcomes = await asyncio.gather(
        *(provider.start(login.attempt) for _ in range(20)), return_exceptions=True
    )
    assert {type(outcome) for outcome in outcomes} == {UpstreamUnavailable}
    assert login.upstream.calls("discovery") == 2  # one fetch, tried once more


async def test_error_status_is_a_refusal(login: Login) -> None:
    """A 404 is an answer: the address is wrong."""
    login.upstream.router.routes["discovery"].respond(404, json=login.upstream.metadata)
    with pytest.raises(UpstreamInvalid) as failure:
        await login.provider().start(login.attempt)
    assert (failure.value.check, failure.value.detail) == ("metadata", "status 404")
