"""I am at a computer that others use, and want to be sure that I am out."""

from urllib.parse import urlencode

import pytest

from tests.browsing import Browser
from tests.house import ISSUER, PORTAL, TestHouse, authorize_url, redeem
from tests.stories.telling import redeem_for, words
from tests.walking import (
    CHOOSE,
    LOGOUT,
    SIGNED_OUT,
    ask_userinfo,
    is_at_portal,
    page_number,
    sign_in,
    somebody_new,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

UNAUTHORIZED, BAD_REQUEST = 401, 400
BYE = f"{PORTAL}/bye"


def logout_url(**parameters: str) -> str:
    """An end session request."""
    return f"{ISSUER}/logout?{urlencode(parameters)}"


async def signed_in(house: TestHouse) -> tuple[Browser, dict[str, str]]:
    """Somebody signed in, with the portal's tokens."""
    browser = house.browser()
    answer = await sign_in(browser, somebody_new())
    return browser, await redeem_for(house, answer["code"])


async def test_i_am_asked_first(shared_house: TestHouse) -> None:
    """Following a link signs nobody out; the page names what I am signed in to."""
    browser, tokens = await signed_in(shared_house)

    await browser.go(logout_url(id_token_hint=tokens["id_token"]))

    assert page_number(browser) == LOGOUT
    assert "Mina sidor elnat" in words(browser)
    await browser.go(authorize_url())
    assert "code" in browser.query


async def test_then_i_am_out_and_back_at_the_portal(shared_house: TestHouse) -> None:
    """The portal gets me back with its own state; that Google still knows me was said before."""
    browser, tokens = await signed_in(shared_house)
    await browser.go(
        logout_url(
            id_token_hint=tokens["id_token"], post_logout_redirect_uri=BYE, state="the-portals"
        )
    )
    assert "Du loggas inte ut hos Google." in words(browser)
    assert "https://myaccount.google.com/" in browser.links
    await browser.submit(action="/logout")
    assert browser.url == f"{BYE}?state=the-portals"

    await browser.go(authorize_url())
    assert page_number(browser) == CHOOSE


async def test_i_am_told_that_google_may_still_know_me(shared_house: TestHouse) -> None:
    """Signing out here does not sign me out there; a link leads to where I can."""
    browser, _ = await signed_in(shared_house)
    await browser.go(logout_url())
    await browser.submit(action="/logout")
    assert page_number(browser) == SIGNED_OUT
    assert "Du kan fortfarande vara inloggad hos Google" in words(browser)
    assert "https://myaccount.google.com/" in browser.links


async def test_the_next_one_at_this_computer_does_not_become_me(shared_house: TestHouse) -> None:
    """After a sign-out the provider must ask which account, though mine is signed in there."""
    browser, _ = await signed_in(shared_house)
    await browser.go(logout_url())
    await browser.submit(action="/logout")

    await browser.go(authorize_url())
    await browser.submit("google")

    assert not is_at_portal(browser)
    assert "prompt=select_account" in browser.url


async def test_every_portals_tokens_end_with_me(shared_house: TestHouse) -> None:
    """Signed out at one, the other's access token and unredeemed code are worth nothing."""
    browser, tokens = await signed_in(shared_house)
    await browser.go(authorize_url("consenting"))
    await browser.submit(action="/flow/consent", answer="yes")
    other = await redeem_for(shared_house, browser.query["code"], "consenting")
    await browser.go(authorize_url())
    unredeemed = browser.query["code"]
    assert (await ask_userinfo(shared_house, other["access_token"])).is_success

    await browser.go(logout_url(id_token_hint=tokens["id_token"]))
    await browser.submit(action="/logout")

    for each in (tokens, other):
        refused = await ask_userinfo(shared_house, each["access_token"])
        assert refused.status_code == UNAUTHORIZED
    async with shared_house.client() as client:
        assert (await redeem(client, unredeemed)).status_code == BAD_REQUEST


async def test_i_was_not_signed_in_at_all(shared_house: TestHouse) -> None:
    """Then there is nothing to ask: the page says that I am out."""
    browser = await shared_house.browser().go(logout_url())
    assert page_number(browser) == SIGNED_OUT
    assert "Du är utloggad" in words(browser)


async def test_i_sign_out_in_one_tab_and_press_the_button_in_another(
    shared_house: TestHouse,
) -> None:
    """The second press says that I am out, and is no error."""
    browser, _ = await signed_in(shared_house)
    await browser.go(logout_url())
    page, url = browser.page, browser.url
    await browser.submit(action="/logout")
    browser.page, browser.url = page, url
    await browser.submit(action="/logout")
    assert page_number(browser) == SIGNED_OUT
