"""What the stories have in common: reading a page as a person does, time going by, a second tab."""

import re
from html import unescape
from typing import Any

import pytest

from tests.browsing import Browser
from tests.house import UPSTREAMS, TestHouse, authorize_url, read_claims, redeem
from tests.walking import NEWCOMER, is_at_portal, page_number

in_shared_house = pytest.mark.asyncio(loop_scope="session")
"""For a story in `shared_house`, within a file whose others need a house of their own."""

_UNSEEN = re.compile(r"<(head|svg)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def words(browser: Browser) -> str:
    """What a page says, without its markup and what stands in fields."""
    text = unescape(_TAG.sub(" ", _UNSEEN.sub(" ", browser.text)))
    return " ".join(text.split())


def let_pass(house: TestHouse, **spans: float) -> None:
    """Time goes by, at the broker and at the providers alike: they look at the same clock."""
    house.clock.advance(**spans)


def is_at_provider(browser: Browser) -> bool:
    """Whether a provider shows its own page."""
    return browser.url.startswith(UPSTREAMS)


def another_tab(house: TestHouse, browser: Browser) -> Browser:
    """A second tab of the same browser."""
    tab = house.browser()
    tab.client = browser.client
    return tab


def close_and_open_again(browser: Browser) -> None:
    """The browser forgets what was to last until it closes."""
    browser.client.cookies.jar.clear_session_cookies()


async def return_to(
    browser: Browser,
    client_id: str = "portal",
    *,
    provider: str = "google",
    person: str = "",
    **changes: str,
) -> dict[str, str]:
    """Sign in as somebody who is known: a button here, and there if asked; the portal's answer.

    That somebody else was connected since is read and put away.
    """
    await browser.go(authorize_url(client_id, **changes))
    if not is_at_portal(browser):
        await browser.submit(provider)
    if person and is_at_provider(browser):
        await browser.submit(person=person)
    if page_number(browser) == NEWCOMER and not is_at_portal(browser):
        await browser.submit("seen")
    return browser.query


async def redeem_for(house: TestHouse, code: str, client_id: str = "portal") -> dict[str, Any]:
    """The token response for a code."""
    async with house.client() as client:
        response = await redeem(client, code, client_id=client_id)
    response.raise_for_status()
    members: dict[str, Any] = response.json()
    return members


async def entries_for(
    house: TestHouse, code: str, client_id: str = "portal"
) -> list[dict[str, Any]]:
    """The customers in the access token that a code gives."""
    tokens = await redeem_for(house, code, client_id)
    details: list[dict[str, Any]] = read_claims(tokens["access_token"])["authorization_details"]
    return details
