"""Requirement 64: what was ended or revoked takes effect at once, and never comes back."""

import pytest

from tests.house import ISSUER, TestHouse, authorize_url, redeem
from tests.walking import (
    ask_userinfo,
    cookies_of,
    give_cookies,
    sign_in,
    to_numbers,
    tokens_of,
    type_numbers,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_sign_out_ends_the_tokens(shared_house: TestHouse) -> None:
    """At `/userinfo`, at once."""
    browser = shared_house.browser()
    token = (await tokens_of(shared_house, browser))["access_token"]
    assert (await ask_userinfo(shared_house, token)).status_code == 200
    await browser.go(f"{ISSUER}/logout")
    await browser.submit(action="/logout")
    assert (await ask_userinfo(shared_house, token)).status_code == 401


async def test_a_code_from_before_the_sign_out_gives_nothing(shared_house: TestHouse) -> None:
    """A code in flight dies with the session."""
    browser = shared_house.browser()
    code = (await sign_in(browser))["code"]
    await browser.go(f"{ISSUER}/logout")
    await browser.submit(action="/logout")
    async with shared_house.client() as client:
        answer = await redeem(client, code)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_a_session_cookie_from_before_the_sign_out_is_dead(
    shared_house: TestHouse,
) -> None:
    """A copy of it, in another browser."""
    browser = shared_house.browser()
    await sign_in(browser)
    copy = cookies_of(browser)
    await browser.go(f"{ISSUER}/logout")
    await browser.submit(action="/logout")
    thief = shared_house.browser()
    give_cookies(thief, copy)
    await thief.go(authorize_url(prompt="none"))
    assert thief.query["error"] == "login_required"


async def test_somebody_elses_login_ends_the_tokens_of_the_one_before(
    shared_house: TestHouse,
) -> None:
    """A shared device: the next person's login is the end of the last one's session."""
    browser = shared_house.browser()
    token = (await tokens_of(shared_house, browser))["access_token"]
    await to_numbers(browser, provider="yahoo", prompt="select_account")
    await type_numbers(browser)
    await browser.submit(action="/flow/done")
    assert "code" in browser.query
    assert (await ask_userinfo(shared_house, token)).status_code == 401


async def test_tokens_end_with_the_session_that_ran_out(house: TestHouse) -> None:
    """A token of the session's last minute does not outlive it here."""
    browser = house.browser()
    await sign_in(browser)
    for _ in range(19):
        house.clock.advance(minutes=25)
        await browser.go(authorize_url(prompt="none"))
    house.clock.advance(minutes=4)
    await browser.go(authorize_url(prompt="none"))
    async with house.client() as client:
        token = (await redeem(client, browser.query["code"])).json()["access_token"]
    assert (await ask_userinfo(house, token)).status_code == 200
    house.clock.advance(minutes=2)
    assert (await ask_userinfo(house, token)).status_code == 401


async def test_after_a_sign_out_the_provider_is_told_to_ask(shared_house: TestHouse) -> None:
    """The next login shows the account chooser: nobody is signed in again by the provider (39)."""
    browser = shared_house.browser()
    await sign_in(browser)
    await browser.go(f"{ISSUER}/logout")
    await browser.submit(action="/logout")
    await browser.go(authorize_url())
    await browser.submit("google")
    assert browser.query["prompt"] == "select_account"
