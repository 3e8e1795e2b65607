"""Requirements 3, 93 and 97: an older flow cookie restores nothing that was proved or decided."""

import pytest

from tests.house import ISSUER, TestHouse, authorize_url
from tests.walking import (
    CHOOSE,
    EXPIRED,
    RECOGNISE,
    cookies_of,
    give_cookies,
    is_at_portal,
    page_number,
    sign_in,
    to_first_question,
    to_numbers,
    to_provider,
    type_numbers,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_cookie_from_before_the_login_leads_to_a_new_login(
    shared_house: TestHouse,
) -> None:
    """Rolled back behind the callback: nobody is signed in, the choice is shown again."""
    browser = await to_provider(shared_house.browser())
    before = cookies_of(browser)
    await browser.submit(person="load-900001")
    assert page_number(browser) == RECOGNISE
    form = browser.forms[0].fields
    give_cookies(browser, before)
    answer = await browser.client.post(f"{ISSUER}/flow/new", data={**form, "answer": "first"})
    await browser.go(ISSUER + answer.headers["location"])
    assert page_number(browser) == CHOOSE
    assert "farstu-session" not in cookies_of(browser)


async def test_a_finished_login_cannot_be_finished_again(shared_house: TestHouse) -> None:
    """The handle's cookie from before the end: the progress was taken away with the end."""
    browser = await to_numbers(shared_house.browser())
    await type_numbers(browser)
    cookies, address, form = cookies_of(browser), browser.url, browser.forms[-1]
    await browser.submit(action="/flow/done")
    assert is_at_portal(browser)

    thief = shared_house.browser()
    give_cookies(thief, cookies)
    await thief.go(address)
    assert (thief.page.status_code, page_number(thief)) == (400, EXPIRED)
    answer = await thief.client.post(f"{ISSUER}/flow/done", data=form.fields)
    assert answer.status_code == 400
    assert "farstu-session" not in cookies_of(thief)


async def test_a_copied_flow_cookie_is_worth_one_login(shared_house: TestHouse) -> None:
    """Two browsers with the same handle: the second to finish is told so, and gets nothing."""
    first = await to_numbers(shared_house.browser())
    second = shared_house.browser()
    give_cookies(second, cookies_of(first))
    await second.go(first.url)
    await type_numbers(first)
    await first.submit(action="/flow/done")
    assert "code" in first.query
    await type_numbers(second)
    assert second.page.status_code == 400
    assert "farstu-session" not in cookies_of(second)


async def test_an_ended_session_takes_its_open_logins_along(shared_house: TestHouse) -> None:
    """A login begun on a session cannot bring it back after the sign-out (64)."""
    browser = shared_house.browser()
    await sign_in(browser)
    await browser.go(authorize_url("consenting"))
    assert browser.path == "/flow/consent"
    address, form = browser.url, browser.forms[-1]

    other_tab = shared_house.browser()
    give_cookies(other_tab, cookies_of(browser))
    await other_tab.go(f"{ISSUER}/logout")
    await other_tab.submit(action="/logout")
    assert "farstu-session" not in cookies_of(other_tab)

    await browser.client.post(f"{ISSUER}/flow/consent", data={**form.fields, "answer": "yes"})
    await browser.go(address)
    assert page_number(browser) == CHOOSE
    assert not is_at_portal(browser)


async def test_an_older_session_cookie_is_dead_after_a_new_login(shared_house: TestHouse) -> None:
    """Signing in again ends the session that the browser had (91)."""
    browser = shared_house.browser()
    await sign_in(browser)
    old = cookies_of(browser)
    await browser.go(authorize_url("portal", prompt="login"))
    await browser.submit("yahoo")
    await browser.submit(person="load-900002")
    await browser.submit(action="/flow/new", answer="first")
    await browser.submit(action="/flow/whose", whose="mine")
    await type_numbers(browser)
    await browser.submit(action="/flow/done")
    assert cookies_of(browser)["farstu-session"] != old["farstu-session"]

    thief = shared_house.browser()
    give_cookies(thief, old)
    await thief.go(authorize_url("portal", prompt="none"))
    assert thief.query["error"] == "login_required"


async def test_a_slot_of_another_login_does_not_serve_this_one(shared_house: TestHouse) -> None:
    """The cookie of one login, the page's ticket of another: nothing is found."""
    mine, other = shared_house.browser(), shared_house.browser()
    await to_first_question(mine)
    await to_first_question(other)
    thief = shared_house.browser()
    give_cookies(thief, cookies_of(mine))
    await thief.go(other.url)
    assert (thief.page.status_code, page_number(thief)) == (400, EXPIRED)
