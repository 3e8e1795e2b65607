"""Authlib's two clients, as a portal in Python would use them, against the whole broker."""

import secrets
from typing import Any

import pytest
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.integrations.starlette_client import OAuth, OAuthError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.browsing import Browser
from tests.house import ISSUER, REDIRECT, SECRET, TestHouse, Town
from tests.walking import somebody_new, to_numbers, type_numbers

pytestmark = pytest.mark.asyncio(loop_scope="session")

DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
RP = "http://127.0.0.1:9000"


def _oauth2_client(house: TestHouse, **changes: Any) -> AsyncOAuth2Client:
    options = {
        "client_id": "portal",
        "client_secret": SECRET,
        "scope": "openid profile invoices:read",
        "redirect_uri": REDIRECT,
        "code_challenge_method": "S256",
        "transport": house.town,
    }
    return AsyncOAuth2Client(**options | changes)


async def _first_login(browser: Browser, url: str) -> Browser:
    await browser.go(url)
    await browser.submit("google")
    await browser.submit(person=somebody_new())
    await browser.submit(action="/flow/new", answer="first")
    await browser.submit(action="/flow/whose", whose="mine")
    await type_numbers(browser)
    return await browser.submit(action="/flow/done")


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_the_oauth2_client(shared_house: TestHouse, method: str) -> None:
    """Its own PKCE, state check and client authentication; then `/userinfo` with its token."""
    async with _oauth2_client(shared_house, token_endpoint_auth_method=method) as client:
        verifier = generate_token(48)
        url, state = client.create_authorization_url(
            f"{ISSUER}/authorize", code_verifier=verifier, nonce=secrets.token_urlsafe(8)
        )
        browser = await _first_login(shared_house.browser(), url)
        token = await client.fetch_token(
            f"{ISSUER}/token",
            authorization_response=browser.url,
            state=state,
            code_verifier=verifier,
        )
        assert token["token_type"] == "Bearer"
        told = (await client.get(f"{ISSUER}/userinfo")).json()
        assert told["authorization_details"][0]["customer_number"] == "100245"


def _relying_party(house: TestHouse, client_id: str) -> Starlette:
    """A portal on Authlib's Starlette client, configured by discovery alone."""
    oauth = OAuth()
    oauth.register(
        "broker",
        client_id=client_id,
        client_secret=SECRET,
        server_metadata_url=DISCOVERY,
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "transport": house.town,
        },
    )

    async def start(request: Request) -> Response:
        answer: Response = await oauth.broker.authorize_redirect(request, REDIRECT)
        return answer

    async def finish(request: Request) -> Response:
        token = await oauth.broker.authorize_access_token(request)
        asked = await oauth.broker.userinfo(token=token)
        return JSONResponse({"id_token": dict(token["userinfo"]), "userinfo": dict(asked)})

    return Starlette(
        routes=[Route("/login", start), Route("/callback", finish)],
        middleware=[Middleware(SessionMiddleware, secret_key="of this test alone")],
    )


@pytest.mark.asyncio(loop_scope="function")
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated:joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(
    ("client_id", "numbers"),
    [
        ("portal", ("100245", "1007001")),
        ("retail", ("200245", "2007001")),
        ("heating", ("300245", "3007001")),
    ],
    ids=["RS256", "ES256", "EdDSA"],
)
async def test_the_starlette_client(
    house: TestHouse, client_id: str, numbers: tuple[str, str]
) -> None:
    """Discovery, PKCE, state, nonce and ID token are all checked by the client; no setting more.

    By the time as it is: the house's clock has to be a new one.
    """
    portal = _relying_party(house, client_id)
    town = Town({"127.0.0.1:9000": portal, **_apps(house)})
    browser = Browser(town, {"127.0.0.1:9000", "localhost:8000", "localhost:8001"})
    await browser.go(f"{RP}/login")
    await browser.submit("google")
    await browser.submit(person=somebody_new())
    await browser.submit(action="/flow/new", answer="first")
    await browser.submit(action="/flow/whose", whose="mine")
    await type_numbers(browser, *numbers)
    await browser.submit(action="/flow/done")
    assert browser.url.startswith(REDIRECT)
    told = (await browser.client.get(browser.url.replace("https://portal.example", RP))).json()
    assert told["id_token"]["aud"] == client_id
    assert told["userinfo"]["sub"] == told["id_token"]["sub"]


def _apps(house: TestHouse) -> dict[str, Any]:
    return {name: each.app for name, each in house.town._transports.items()}


async def test_a_login_that_began_elsewhere_is_refused_by_the_client(
    shared_house: TestHouse,
) -> None:
    """Our answer fits the client's own state check: another browser's answer does not pass."""
    portal = _relying_party(shared_house, "portal")
    town = Town({"127.0.0.1:9000": portal, **_apps(shared_house)})
    browser = await to_numbers(shared_house.browser())
    await type_numbers(browser)
    await browser.submit(action="/flow/done")
    stranger = Browser(town, {"127.0.0.1:9000"})
    with pytest.raises(OAuthError) as raised:
        await stranger.client.get(browser.url.replace("https://portal.example", RP))
    assert raised.value.error == "mismatching_state"


async def test_a_refusal_reaches_the_client_as_such(shared_house: TestHouse) -> None:
    """`access_denied`, with the state that the client checks first."""
    portal = _relying_party(shared_house, "portal")
    town = Town({"127.0.0.1:9000": portal, **_apps(shared_house)})
    browser = Browser(town, {"127.0.0.1:9000", "localhost:8000", "localhost:8001"})
    await browser.go(f"{RP}/login")
    await browser.submit("google")
    await browser.submit(person=somebody_new())
    await browser.submit(action="/flow/new", answer="not_customer")
    await browser.submit(action="/flow/leave")
    with pytest.raises(OAuthError) as raised:
        await browser.client.get(browser.url.replace("https://portal.example", RP))
    assert raised.value.error == "access_denied"
