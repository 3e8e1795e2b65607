"""Requirement 97: a step can be neither skipped nor taken out of order, whatever is posted."""

from urllib.parse import urlsplit

import pytest

from tests.browsing import Browser
from tests.house import ISSUER, TestHouse, authorize_url
from tests.walking import (
    RECOGNISE,
    VERIFY,
    cookies_of,
    is_at_portal,
    page_number,
    sign_in,
    to_first_question,
    to_numbers,
    type_numbers,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBERS = {"customer_number": "100245", "invoice_number": "1007001"}


async def _post(browser: Browser, path: str, **fields: str) -> Browser:
    """Post to any step with the ticket of the form that the browser has before it."""
    ticket = browser.forms[-1].fields["ticket"]
    answer = await browser.client.post(f"{ISSUER}{path}", data={"ticket": ticket, **fields})
    assert answer.status_code == 303
    assert urlsplit(answer.headers["location"]).path == "/flow"
    return await browser.go(ISSUER + answer.headers["location"])


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/flow/whose", {"whose": "mine"}),
        ("/flow/verify", NUMBERS),
        ("/flow/done", {}),
        ("/flow/done", {"seen": "l_1"}),
        ("/flow/done", {"unknown": "l_1"}),
        ("/flow/consent", {"answer": "yes"}),
        ("/flow/choose", {"provider": "yahoo"}),
    ],
)
async def test_at_the_first_question_nothing_else_can_be_posted(
    shared_house: TestHouse, path: str, fields: dict[str, str]
) -> None:
    """Every other form leads back to where the login stands."""
    browser = await to_first_question(shared_house.browser())
    await _post(browser, path, **fields)
    assert page_number(browser) == RECOGNISE
    assert "farstu-session" not in cookies_of(browser)


async def test_numbers_before_the_question_whose_are_not_judged(shared_house: TestHouse) -> None:
    """After the first answer, the numbers still wait for the second."""
    browser = await to_first_question(shared_house.browser())
    await browser.submit(action="/flow/new", answer="first")
    await _post(browser, "/flow/verify", **NUMBERS)
    assert browser.path == "/flow/whose"


async def test_the_last_page_cannot_be_signed_off_before_it_is_there(
    shared_house: TestHouse,
) -> None:
    """A "read and understood" ahead of the numbers is not kept for later."""
    browser = await to_numbers(shared_house.browser())
    await _post(browser, "/flow/done")
    assert page_number(browser) == VERIFY
    await type_numbers(browser)
    assert browser.path == "/flow/done"


async def test_a_connected_customer_cannot_say_that_they_are_none(
    shared_house: TestHouse,
) -> None:
    """Leaving as "not a customer" belongs to those who are not recognised."""
    browser = await to_numbers(shared_house.browser())
    await type_numbers(browser)
    await _post(browser, "/flow/leave")
    assert browser.path == "/flow/done"


async def test_consent_cannot_be_given_ahead(shared_house: TestHouse) -> None:
    """A yes that was posted before the question does not count."""
    browser = await to_numbers(shared_house.browser(), client_id="consenting")
    await _post(browser, "/flow/consent", answer="yes")
    await type_numbers(browser)
    await browser.submit(action="/flow/done")
    assert browser.path == "/flow/consent"


@pytest.mark.parametrize("answer", ["", "no", "Yes", "yes please", "on"])
async def test_anything_but_yes_is_no(shared_house: TestHouse, answer: str) -> None:
    """Consent is one word; everything else is `access_denied` for the client (78)."""
    browser = await to_numbers(shared_house.browser(), client_id="consenting")
    await type_numbers(browser)
    await browser.submit(action="/flow/done")
    await browser.submit(action="/flow/consent", answer=answer)
    assert is_at_portal(browser)
    assert browser.query["error"] == "access_denied"
    assert "farstu-session" not in cookies_of(browser)


async def test_consent_of_the_person_before_is_not_mine(shared_house: TestHouse) -> None:
    """Somebody else signs in over a live session: they are asked themselves (78)."""
    browser = shared_house.browser()
    await sign_in(browser, client_id="consenting")
    await browser.submit(action="/flow/consent", answer="yes")
    assert "code" in browser.query
    await to_numbers(browser, provider="yahoo", client_id="consenting", prompt="login")
    await type_numbers(browser)
    await browser.submit(action="/flow/done")
    assert browser.path == "/flow/consent"


@pytest.mark.parametrize("provider", ["", "nobody", "Google", "google ", "../google"])
async def test_a_provider_that_is_not_offered_cannot_be_chosen(
    shared_house: TestHouse, provider: str
) -> None:
    """The choice is shown again."""
    browser = await shared_house.browser().go(authorize_url())
    await browser.submit(action="/flow/choose", provider=provider)
    assert browser.path == "/flow/choose"
