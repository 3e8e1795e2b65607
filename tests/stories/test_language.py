"""I read English better than Swedish."""

import pytest

from tests.browsing import Browser
from tests.house import TestHouse, authorize_url
from tests.stories.telling import words
from tests.walking import (
    VERIFY,
    page_number,
    sign_in,
    somebody_new,
    to_numbers,
    to_provider,
    type_numbers,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


def link_to(browser: Browser, language: str) -> str:
    """The link that shows the page in another language."""
    return next(link for link in browser.links if f"lang={language}" in link and "/flow/" in link)


async def test_english_on_the_first_page_is_english_to_the_end(shared_house: TestHouse) -> None:
    """Chosen once: at the provider, on the way back, at the numbers, until the portal."""
    browser = shared_house.browser()
    await browser.go(authorize_url())
    assert "Logga in på Mina sidor elnat" in words(browser)

    await browser.go(link_to(browser, "en"))
    assert "Sign in to Mina sidor elnat" in words(browser)
    await browser.submit("google")
    assert "hl=en" in browser.url
    await browser.submit(person=somebody_new())
    assert "We do not recognise this sign-in yet" in words(browser)
    await browser.submit(action="/flow/new", answer="first")
    assert "Whose customer number is it?" in words(browser)
    await browser.submit(action="/flow/whose", whose="mine")
    await type_numbers(browser, "100245", "1999999")
    assert "The numbers do not belong together" in words(browser)
    await type_numbers(browser)
    assert "Done! The customer number is connected" in words(browser)
    await browser.submit(action="/flow/done")
    assert "code" in browser.query


async def test_i_can_change_in_the_middle_and_back(shared_house: TestHouse) -> None:
    """The link on any page keeps the page and what I have done."""
    browser = shared_house.browser()
    await to_numbers(browser)
    await browser.go(link_to(browser, "en"))
    assert page_number(browser) == VERIFY
    assert "Connect your customer number" in words(browser)
    await browser.go(link_to(browser, "sv"))
    assert "Koppla ditt kundnummer" in words(browser)


async def test_no_link_takes_away_what_i_typed(shared_house: TestHouse) -> None:
    """A page that came in answer to a form cannot be opened again, and offers no other language."""
    browser = shared_house.browser()
    await to_numbers(browser)
    assert [link for link in browser.links if "lang=en" in link and "/flow/" in link]
    await type_numbers(browser, "100245", "1999999")
    assert page_number(browser) == VERIFY
    assert not [link for link in browser.links if "lang=en" in link and "/flow/" in link]


async def test_my_browser_asks_for_english(shared_house: TestHouse) -> None:
    """Where the portal says nothing, my browser's wish holds all the way."""
    browser = shared_house.browser()
    browser.client.headers["accept-language"] = "en-GB,en;q=0.9,sv;q=0.5"
    await to_numbers(browser)
    assert "Connect your customer number" in words(browser)


async def test_the_portal_asks_for_swedish(shared_house: TestHouse) -> None:
    """`ui_locales` goes before the browser; unknown languages are passed over."""
    browser = shared_house.browser()
    browser.client.headers["accept-language"] = "en"
    await browser.go(authorize_url(ui_locales="fi sv-SE en"))
    assert "Logga in på Mina sidor elnat" in words(browser)


async def test_cancelled_at_the_provider_i_am_still_spoken_to_in_english(
    shared_house: TestHouse,
) -> None:
    """The choice comes back in the language that I left it in."""
    browser = shared_house.browser()
    await to_provider(browser, ui_locales="en")
    await browser.submit("cancel")
    assert "The sign-in was cancelled" in words(browser)


async def test_signing_out_speaks_the_language_i_choose_there(shared_house: TestHouse) -> None:
    """The link on the question counts, also for the page after it."""
    browser = shared_house.browser()
    await sign_in(browser)
    await browser.go("http://localhost:8000/logout?ui_locales=sv")
    assert "Vill du logga ut?" in words(browser)
    english = next(link for link in browser.links if "lang=en" in link and "/logout" in link)
    await browser.go(english)
    assert "Do you want to sign out?" in words(browser)
    await browser.submit(action="/logout")
    assert "You are signed out" in words(browser)
