"""I came in with the wrong account, and nothing that I know is there."""

import pytest

from tests.house import TestHouse, authorize_url
from tests.stories.telling import return_to, words
from tests.walking import (
    CHOOSE,
    RECOGNISE,
    WHOSE,
    is_at_portal,
    page_number,
    sign_in,
    somebody_new,
    to_first_question,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

WRONG_ACCOUNT = 9


async def test_i_am_told_which_account_i_used_and_can_choose_the_right_one(
    shared_house: TestHouse,
) -> None:
    """The provider must ask which account, though the wrong one is signed in there."""
    me = somebody_new()
    await sign_in(shared_house.browser(), me)
    browser = shared_house.browser()
    await to_first_question(browser)
    assert "Du loggade in med Google som l•••@gmail.com." in words(browser)

    await browser.submit(action="/flow/new", answer="again")
    assert page_number(browser) == WRONG_ACCOUNT
    await browser.submit(action="/flow/choose?switch")
    assert "Byt konto" in words(browser)
    await browser.submit("google")
    assert browser.path.startswith("/google"), "Google let the wrong account through unasked"
    await browser.submit(person=me)

    assert "code" in browser.query


async def test_a_session_of_the_wrong_account_does_not_hold_me(shared_house: TestHouse) -> None:
    """Signed in for the grid, unknown to the heating company: I can still change account."""
    browser = shared_house.browser()
    await sign_in(browser, somebody_new())
    await browser.go(authorize_url("heating"))
    assert page_number(browser) == RECOGNISE

    await browser.submit(action="/flow/new", answer="again")
    await browser.submit(action="/flow/choose?switch")

    assert page_number(browser) == CHOOSE
    await browser.submit("microsoft")
    await browser.submit(person=somebody_new())
    assert page_number(browser) == RECOGNISE
    assert "l•••@hotmail.example" in words(browser)


async def test_i_cannot_remember_which_account_and_connect_this_one(
    shared_house: TestHouse,
) -> None:
    """The help page leads on to the two numbers as well."""
    browser = shared_house.browser()
    await to_first_question(browser)
    await browser.submit(action="/flow/new", answer="again")

    await browser.submit(action="/flow/new", answer="first")

    assert page_number(browser) == WHOSE


async def test_i_press_continue_without_choosing(shared_house: TestHouse) -> None:
    """I am told what is missing, on the same page."""
    browser = shared_house.browser()
    await to_first_question(browser)
    await browser.submit(action="/flow/new")
    assert page_number(browser) == RECOGNISE
    assert browser.title.startswith("Fel:")

    await browser.submit(action="/flow/new", answer="first")
    await browser.submit(action="/flow/whose")
    assert page_number(browser) == WHOSE
    assert "Välj vems kundnummer det är" in words(browser)


async def test_i_am_not_a_customer(shared_house: TestHouse) -> None:
    """A kind word first, then the portal learns no more than that access was denied."""
    browser = shared_house.browser()
    await to_first_question(browser)
    await browser.submit(action="/flow/new", answer="not_customer")
    assert "Vi har inte kopplat något till ditt konto." in words(browser)
    assert not is_at_portal(browser)

    await browser.submit(action="/flow/leave")

    assert is_at_portal(browser)
    assert browser.query["error"] == "access_denied"
    assert browser.query["state"] == "the-clients-state"
    assert "code" not in browser.query


async def test_i_pressed_not_a_customer_by_mistake(shared_house: TestHouse) -> None:
    """The way back leads to the question, and the other answer still works."""
    browser = shared_house.browser()
    await to_first_question(browser, me := somebody_new())
    await browser.submit(action="/flow/new", answer="not_customer")
    back = next(link for link in browser.links if "/flow/new" in link)
    await browser.go(back)
    await browser.submit(action="/flow/new", answer="first")
    await browser.submit(action="/flow/whose", whose="mine")
    await browser.submit(action="/flow/verify", customer_number="100245", invoice_number="1007001")
    await browser.submit(action="/flow/done")
    assert "code" in browser.query
    assert "code" in await return_to(shared_house.browser(), person=me)
