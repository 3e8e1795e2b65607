"""Requirement 97: step tickets are signed, short-lived, and good for one login and one step."""

import pytest

from tests.browsing import Browser
from tests.house import ISSUER, TestHouse, authorize_url
from tests.walking import (
    DIRECT,
    EXPIRED,
    RECOGNISE,
    cookies_of,
    give_cookies,
    page_number,
    sign_in,
    to_first_question,
    to_numbers,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _ticket(browser: Browser) -> str:
    return browser.query["t"]


def _tampered(ticket: str) -> dict[str, str]:
    value, stamp, signature = ticket.rsplit(".", 2)
    other = "A" if signature[-2] != "A" else "B"
    return {
        "empty": "",
        "text": "x",
        "no signature": f"{value}.{stamp}",
        "empty signature": f"{value}.{stamp}.",
        "wrong signature": f"{value}.{stamp}.{signature[:-2]}{other}{signature[-1]}",
        "other value": f"{value[:-1]}{'A' if value[-1] != 'A' else 'B'}.{stamp}.{signature}",
        "other time": f"{value}.AAAAAA.{signature}",
        "swapped": f"{stamp}.{value}.{signature}",
        "long": ticket * 20,
        "not ascii": ticket + "å",
        "more": ticket + "x",
    }


@pytest.mark.parametrize("how", sorted(_tampered("a.b.ccc")))
async def test_an_altered_ticket_opens_nothing(shared_house: TestHouse, how: str) -> None:
    """Altered in any part, cut, or made up: the page for somebody who came by a bookmark."""
    browser = await to_first_question(shared_house.browser())
    await browser.client.get(ISSUER)
    ticket = _tampered(_ticket(browser))[how]
    async with shared_house.client() as client:
        client.cookies = browser.client.cookies
        answer = await client.get("/flow/new", params={"t": ticket})
        assert (answer.status_code, page_number(answer)) == (400, DIRECT)
        form = {"ticket": ticket, "answer": "first"}
        answer = await client.post("/flow/new", data=form)
        assert (answer.status_code, page_number(answer)) == (400, DIRECT)


@pytest.mark.parametrize("path", ["", "/choose", "/whose", "/verify", "/done", "/consent"])
async def test_a_ticket_opens_its_own_step(shared_house: TestHouse, path: str) -> None:
    """The ticket of one page does not open another, nor `/flow` itself."""
    browser = await to_first_question(shared_house.browser())
    await browser.go(f"/flow{path}?t={_ticket(browser)}")
    assert (browser.page.status_code, page_number(browser)) == (400, DIRECT)


async def test_a_pages_ticket_is_not_a_forms(shared_house: TestHouse) -> None:
    """What stands in an address cannot be posted."""
    browser = await to_first_question(shared_house.browser())
    form = {"ticket": _ticket(browser), "answer": "first"}
    answer = await browser.client.post(f"{ISSUER}/flow/new", data=form)
    assert (answer.status_code, page_number(answer)) == (400, DIRECT)


async def test_a_forms_ticket_is_not_a_pages(shared_house: TestHouse) -> None:
    """And the other way round."""
    browser = await to_first_question(shared_house.browser())
    await browser.go(f"/flow/new?t={browser.forms[0].fields['ticket']}")
    assert (browser.page.status_code, page_number(browser)) == (400, DIRECT)


async def test_a_ticket_without_its_cookie_opens_nothing(shared_house: TestHouse) -> None:
    """It is not a credential."""
    browser = await to_numbers(shared_house.browser())
    stranger = shared_house.browser()
    give_cookies(stranger, {"farstu-out": "1"})
    await stranger.go(browser.url)
    assert (stranger.page.status_code, page_number(stranger)) == (400, EXPIRED)


async def test_the_ticket_of_the_same_persons_other_login_is_refused(
    shared_house: TestHouse,
) -> None:
    """Two tabs of one browser do not braid: each form stays in its own login."""
    browser = await to_first_question(shared_house.browser())
    first = browser.forms[0].fields["ticket"]
    await browser.go(authorize_url(state="another-tab"))
    await browser.submit("google")
    second = browser.forms[0].fields["ticket"]
    assert first != second
    answer = await browser.client.post(
        f"{ISSUER}/flow/new", data={"ticket": first, "answer": "not_customer"}
    )
    assert answer.headers["location"].startswith("/flow?t=")
    await browser.go(browser.url)
    assert page_number(browser) == RECOGNISE


async def test_a_logout_ticket_is_not_a_flow_ticket(shared_house: TestHouse) -> None:
    """Tickets of another purpose are signed with the same key and do not fit."""
    browser = shared_house.browser()
    await sign_in(browser)
    await browser.go(f"{ISSUER}/logout")
    ticket = browser.forms[0].fields["ticket"]
    await browser.go(f"/flow?t={ticket}")
    assert (browser.page.status_code, page_number(browser)) == (400, DIRECT)


async def test_an_old_ticket_says_that_it_took_too_long(house: TestHouse) -> None:
    """After an hour the page offers to start again where the person came from."""
    browser = await to_first_question(house.browser())
    house.clock.advance(seconds=3700)
    assert cookies_of(browser)
    await browser.go(browser.url)
    assert (browser.page.status_code, page_number(browser)) == (400, EXPIRED)
    assert "https://portal.example/login" in browser.links
