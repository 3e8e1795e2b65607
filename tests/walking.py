"""The way through a login, for tests that stop in the middle of it.

Each function takes a browser from where the one before it ended. People are made on the spot, so
that tests can share one broker and never meet the same person.
"""

import itertools
import re
from typing import Any

import httpx2

from tests.browsing import Browser
from tests.house import PORTAL, TestHouse, authorize_url, redeem

_numbers = itertools.count(1)
_PAGE_NUMBER = re.compile(r'page-number">[^<]*?(\d+)<')

CHOOSE, RECOGNISE, WHOSE, VERIFY, WAIT, CONSENT = 1, 2, 3, 4, 5, 7
LOGOUT, SIGNED_OUT, FORM_POST = 10, 11, 14
NEWCOMER = 17
EXPIRED, ALREADY_DONE, DIRECT, COOKIES_OFF, IN_APP, BAD_CLIENT = 20, 21, 22, 23, 24, 25
NOT_FOUND, BAD_REQUEST, WRONG_METHOD, TOO_LARGE = 30, 31, 32, 33
"""The numbers of pages, as they stand at their foot."""


def somebody_new() -> str:
    """The key of a person whom nobody has met."""
    return f"load-{next(_numbers)}"


def page_number(page: httpx2.Response | Browser) -> int:
    """Which of our pages this is; 0 when it is none."""
    found = _PAGE_NUMBER.search(page.text)
    return int(found[1]) if found else 0


def is_at_portal(browser: Browser) -> bool:
    """Whether the browser was sent back to the client."""
    return browser.url.startswith(PORTAL)


async def to_provider(
    browser: Browser, provider: str = "google", client_id: str = "portal", **changes: str
) -> Browser:
    """From nothing to the provider's own page."""
    await browser.go(authorize_url(client_id, **changes))
    return await browser.submit(provider)


async def to_first_question(
    browser: Browser, person: str = "", provider: str = "google", **changes: str
) -> Browser:
    """Signed in at the provider; at a client of customers, not recognised yet."""
    await to_provider(browser, provider, **changes)
    return await browser.submit(person=person or somebody_new())


async def to_numbers(
    browser: Browser,
    person: str = "",
    provider: str = "google",
    whose: str = "mine",
    **changes: str,
) -> Browser:
    """At the form for customer number and invoice number."""
    await to_first_question(browser, person, provider, **changes)
    await browser.submit(action="/flow/new", answer="first")
    return await browser.submit(action="/flow/whose", whose=whose)


async def type_numbers(
    browser: Browser, customer: str = "100245", invoice: str = "1007001"
) -> Browser:
    """Send the two numbers; right by default."""
    return await browser.submit(
        action="/flow/verify", customer_number=customer, invoice_number=invoice
    )


async def sign_in(browser: Browser, person: str = "", **changes: str) -> dict[str, str]:
    """The whole first login at `portal`; the client's answer."""
    await to_numbers(browser, person, **changes)
    await type_numbers(browser)
    await browser.submit(action="/flow/done")
    return browser.query


async def tokens_of(
    house: TestHouse, browser: Browser | None = None, person: str = "", **changes: str
) -> dict[str, Any]:
    """The token response of a first login."""
    answer = await sign_in(browser or house.browser(), person, **changes)
    async with house.client() as client:
        response = await redeem(client, answer["code"])
    members: dict[str, Any] = response.json()
    return members


async def ask_userinfo(house: TestHouse, access_token: str) -> httpx2.Response:
    """`/userinfo` with a bearer token."""
    async with house.client() as client:
        return await client.get("/userinfo", headers={"authorization": f"Bearer {access_token}"})


def cookies_of(browser: Browser) -> dict[str, str]:
    """The broker's cookies in the browser, by full name."""
    return {
        cookie.name: cookie.value or ""
        for cookie in browser.client.cookies.jar
        if cookie.name.startswith("farstu-")
    }


def give_cookies(browser: Browser, cookies: dict[str, str]) -> None:
    """Put cookies into a browser, in place of those of the same name."""
    for name, value in cookies.items():
        browser.client.cookies.set(name, value, domain="localhost.local", path="/")


async def held_callback(browser: Browser, person: str = "") -> str:
    """Sign in on the provider's page; the address that it sends the browser to, not yet opened."""
    page = browser.url
    browser.served.discard("localhost:8000")
    await browser.submit(person=person or somebody_new())
    browser.served.add("localhost:8000")
    callback, browser.url = browser.url, page
    return callback
