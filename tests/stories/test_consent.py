"""A portal that asks me before it receives anything."""

import pytest

from tests.house import TestHouse, authorize_url
from tests.stories.telling import entries_for, return_to, words
from tests.walking import CONSENT, is_at_portal, page_number, sign_in, somebody_new

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCOPE = "openid email invoices:read"


async def to_consent(house: TestHouse, me: str) -> None:
    """Connected already, through a portal that does not ask."""
    await sign_in(house.browser(), me)


async def test_i_read_what_it_receives_and_say_yes(shared_house: TestHouse) -> None:
    """Which portal, whose, and what, in words; then the code."""
    browser, me = shared_house.browser(), somebody_new()
    await to_consent(shared_house, me)
    await return_to(browser, "consenting", person=me, scope=SCOPE)
    assert page_number(browser) == CONSENT
    said = words(browser)
    assert "Mina sidor elnat hör till Elnat." in said
    assert "Din e-postadress" in said
    assert "Fakturor" in said
    assert "Ditt namn" not in said

    await browser.submit(action="/flow/consent", answer="yes")

    entries = await entries_for(shared_house, browser.query["code"], "consenting")
    assert [entry["customer_number"] for entry in entries] == ["100245"]


async def test_i_say_no(shared_house: TestHouse) -> None:
    """The portal learns that I said no, and nothing else; next time it asks again."""
    browser, me = shared_house.browser(), somebody_new()
    await to_consent(shared_house, me)
    await return_to(browser, "consenting", person=me)
    await browser.submit(action="/flow/consent", answer="no")
    assert is_at_portal(browser)
    assert browser.query["error"] == "access_denied"
    assert "code" not in browser.query

    await return_to(browser, "consenting", person=me)
    assert page_number(browser) == CONSENT


async def test_it_does_not_ask_twice_while_i_am_signed_in(shared_house: TestHouse) -> None:
    """Remembered within the session, for what I agreed to; less is fine too."""
    browser, me = shared_house.browser(), somebody_new()
    await to_consent(shared_house, me)
    await return_to(browser, "consenting", person=me, scope=SCOPE)
    await browser.submit(action="/flow/consent", answer="yes")

    await browser.go(authorize_url("consenting", scope=SCOPE))
    assert "code" in browser.query
    await browser.go(authorize_url("consenting", scope="openid"))
    assert "code" in browser.query


async def test_it_asks_anew_when_it_wants_more(shared_house: TestHouse) -> None:
    """Consumption was not part of my yes."""
    browser, me = shared_house.browser(), somebody_new()
    await to_consent(shared_house, me)
    await return_to(browser, "consenting", person=me, scope=SCOPE)
    await browser.submit(action="/flow/consent", answer="yes")

    await browser.go(authorize_url("consenting", scope=f"{SCOPE} consumption:read"))

    assert page_number(browser) == CONSENT
    assert "Förbrukning per år och månad" in words(browser)


async def test_it_can_ask_me_to_confirm(shared_house: TestHouse) -> None:
    """`prompt=consent` asks though I agreed before, also at a portal that never asks."""
    browser = shared_house.browser()
    await sign_in(browser)
    await browser.go(authorize_url(prompt="consent"))
    assert page_number(browser) == CONSENT
    await browser.submit(action="/flow/consent", answer="yes")
    assert "code" in browser.query


async def test_my_yes_is_not_my_wifes(shared_house: TestHouse) -> None:
    """Another account in the same browser is asked for itself."""
    browser, me, wife = shared_house.browser(), somebody_new(), somebody_new()
    await to_consent(shared_house, me)
    await to_consent(shared_house, wife)
    await return_to(browser, "consenting", person=me)
    await browser.submit(action="/flow/consent", answer="yes")

    await return_to(browser, "consenting", person=wife, prompt="select_account")

    assert page_number(browser) == CONSENT
