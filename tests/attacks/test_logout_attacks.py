"""Requirement 81: a sign-out is the person's own word; its redirect is registered."""

from urllib.parse import urlencode

import pytest

from tests.browsing import Browser
from tests.house import ISSUER, PORTAL, TestHouse, authorize_url
from tests.walking import LOGOUT, SIGNED_OUT, page_number, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _is_signed_in(browser: Browser) -> bool:
    await browser.go(authorize_url(prompt="none"))
    return "code" in browser.query


@pytest.mark.parametrize(
    "query",
    ["", "client_id=portal", f"client_id=portal&post_logout_redirect_uri={PORTAL}/bye", "ticket=x"],
)
async def test_looking_at_the_page_signs_nobody_out(shared_house: TestHouse, query: str) -> None:
    """An image or a link on another site changes nothing."""
    browser = shared_house.browser()
    await sign_in(browser)
    await browser.go(f"{ISSUER}/logout?{query}")
    assert await _is_signed_in(browser)


async def test_a_clients_post_asks_first(shared_house: TestHouse) -> None:
    """A form posted by a client, or by anybody, leads to the question."""
    browser = shared_house.browser()
    await sign_in(browser)
    answer = await browser.client.post(f"{ISSUER}/logout", data={"client_id": "portal"})
    assert answer.status_code == 303
    await browser.go(ISSUER + answer.headers["location"])
    assert page_number(browser) == LOGOUT
    assert await _is_signed_in(browser)


async def test_a_ticket_of_another_session_signs_nobody_out(shared_house: TestHouse) -> None:
    """The attacker's own confirming form, in the victim's browser."""
    attacker, victim = shared_house.browser(), shared_house.browser()
    await sign_in(attacker)
    await sign_in(victim)
    await attacker.go(f"{ISSUER}/logout")
    form = attacker.forms[-1].fields
    answer = await victim.client.post(f"{ISSUER}/logout", data=form)
    assert answer.status_code == 400
    assert await _is_signed_in(victim)


async def test_a_ticket_for_nobody_signs_nobody_out(shared_house: TestHouse) -> None:
    """The ticket that a client's post gets, made while signed out, confirmed while signed in."""
    async with shared_house.client() as client:
        asked = await client.post("/logout", data={"client_id": "portal"})
    ticket = asked.headers["location"].partition("ticket=")[2]
    victim = shared_house.browser()
    await sign_in(victim)
    answer = await victim.client.post(f"{ISSUER}/logout", data={"ticket": ticket})
    assert answer.status_code == 400
    assert await _is_signed_in(victim)


async def test_a_confirmed_sign_out_goes_home(shared_house: TestHouse) -> None:
    """To the registered address with the client's state, and the session is over."""
    browser = shared_house.browser()
    await sign_in(browser)
    asked = {"client_id": "portal", "post_logout_redirect_uri": f"{PORTAL}/bye", "state": "s t&x"}
    await browser.go(f"{ISSUER}/logout?{urlencode(asked)}")
    await browser.submit(action="/logout")
    assert browser.url.startswith(f"{PORTAL}/bye?")
    assert browser.query == {"state": "s t&x"}
    assert not await _is_signed_in(browser)


@pytest.mark.parametrize("length", [3000, 60000])
async def test_an_overlong_state_is_a_client_error(shared_house: TestHouse, length: int) -> None:
    """Posted, it travels in our own address: what does not fit is refused, never a fault."""
    form = {
        "client_id": "portal",
        "post_logout_redirect_uri": f"{PORTAL}/bye",
        "state": "s" * length,
    }
    async with shared_house.client() as client:
        answer = await client.post("/logout", data=form)
        if answer.status_code == 303:
            answer = await client.get(answer.headers["location"])
    assert answer.status_code < 500


async def test_signed_out_twice_says_so(shared_house: TestHouse) -> None:
    """Without a session there is nothing to ask."""
    browser = await shared_house.browser().go(f"{ISSUER}/logout")
    assert page_number(browser) == SIGNED_OUT
