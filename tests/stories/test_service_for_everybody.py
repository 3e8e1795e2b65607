"""A service that needs to know who I am, and not whether I am a customer."""

import pytest

from tests.house import REDIRECT, VERIFIER, TestHouse, authorize_url, read_claims
from tests.walking import ask_userinfo, is_at_portal, page_number, sign_in, somebody_new

pytestmark = pytest.mark.asyncio(loop_scope="session")

RECOGNISE = 2


async def visit(house: TestHouse, me: str) -> dict[str, str]:
    """Sign in there and redeem the code, as a public client does."""
    browser = house.browser()
    await browser.go(authorize_url("open", scope="openid profile"))
    assert "kundnummer och fakturanummer" not in browser.text
    await browser.submit("google")
    await browser.submit(person=me)
    assert is_at_portal(browser)
    form = {
        "grant_type": "authorization_code",
        "client_id": "open",
        "code": browser.query["code"],
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    async with house.client() as client:
        response = await client.post("/token", data=form)
    tokens: dict[str, str] = response.json()
    return tokens


async def test_nobody_asks_for_numbers(shared_house: TestHouse) -> None:
    """One click there, and I am in; the token holds no customer."""
    tokens = await visit(shared_house, somebody_new())
    claims = read_claims(tokens["access_token"])
    assert not claims.get("authorization_details")
    told = (await ask_userinfo(shared_house, tokens["access_token"])).json()
    assert told["name"].startswith("Last Testsson")
    assert "email" not in told


async def test_it_knows_me_again(shared_house: TestHouse) -> None:
    """The same `sub` each time."""
    me = somebody_new()
    first = read_claims((await visit(shared_house, me))["id_token"])
    second = read_claims((await visit(shared_house, me))["id_token"])
    assert first["sub"] == second["sub"]


async def test_the_portal_of_customers_still_asks(shared_house: TestHouse) -> None:
    """Known there is not a customer here; afterwards I am the same person at both."""
    me = somebody_new()
    before = read_claims((await visit(shared_house, me))["id_token"])["sub"]
    browser = shared_house.browser()
    await browser.go(authorize_url())
    await browser.submit("google")
    await browser.submit(person=me)
    assert page_number(browser) == RECOGNISE

    await sign_in(shared_house.browser(), me)

    assert read_claims((await visit(shared_house, me))["id_token"])["sub"] == before
