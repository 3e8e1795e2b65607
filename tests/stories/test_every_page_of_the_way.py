"""Whoever calls customer service can say where they are, and know whom they deal with."""

import re

from tests.browsing import Browser
from tests.house import TestHouse, authorize_url
from tests.stories.telling import in_shared_house, words
from tests.walking import (
    is_at_portal,
    page_number,
    sign_in,
    somebody_new,
    to_first_question,
    type_numbers,
)

PHONE = "08-465 004 00"
FOREIGN = re.compile(r"""(?:src|href|action)=["'](https?:)?//(?!localhost|portal\.example)""")


def check(browser: Browser) -> int:
    """What every page of the way must have; returns its number."""
    said = words(browser)
    number = page_number(browser)
    assert "Elnat ansvarar för den här sidan." in said, number
    assert "Inloggningen är gemensam för Elnat, Elhandel och Varme." in said, number
    assert PHONE in said, number
    assert "vardagar 8–16" in said, number
    assert f"Sida {number}" in said
    assert "<script" not in browser.text
    assert not FOREIGN.search(browser.text)
    assert browser.page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in browser.page.headers["content-security-policy"]
    return number


async def test_company_phone_hours_and_page_number_are_everywhere(house: TestHouse) -> None:
    """On every page from the choice to the portal, wrong turns included; no script, no outsider."""
    browser, seen = house.browser(), set()
    await browser.go(authorize_url())
    seen.add(check(browser))
    await browser.submit("google")
    await browser.submit(person=somebody_new())
    seen.add(check(browser))
    for answer in ("again", "not_customer"):
        await browser.submit(action="/flow/new", answer=answer)
        seen.add(check(browser))
        await browser.go(browser.hops[-1].partition("&show")[0])
        if answer == "not_customer":
            back = next(link for link in browser.links if "/flow/new" in link)
            await browser.go(back)
    await browser.submit(action="/flow/new", answer="first")
    seen.add(check(browser))
    await browser.submit(action="/flow/whose", whose="mine")
    seen.add(check(browser))
    for number in range(7):
        await type_numbers(browser, "100245", str(1009000 + number))
        seen.add(check(browser))
    house.clock.advance(seconds=31)
    await type_numbers(browser)
    seen.add(check(browser))
    await browser.submit(action="/flow/done")
    assert is_at_portal(browser)
    await browser.go(authorize_url("consenting"))
    seen.add(check(browser))
    assert seen == {1, 2, 3, 4, 5, 6, 7, 8, 9}


@in_shared_house
async def test_without_a_portal_all_companies_are_named(shared_house: TestHouse) -> None:
    """On pages that belong to no login, each with its phone."""
    for path in ("/", "/help", "/help/privacy", "/flow/choose", "/nowhere"):
        browser = await shared_house.browser().go(f"http://localhost:8000{path}")
        said = words(browser)
        assert said.count(PHONE) >= len(shared_house.settings.companies), path
        assert f"Sida {page_number(browser)}" in said


@in_shared_house
async def test_no_page_tells_anybody_my_numbers_in_an_address(shared_house: TestHouse) -> None:
    """Not the customer number, not the invoice number, not my address."""
    browser = shared_house.browser()
    addresses: list[str] = []
    await to_first_question(browser, me := somebody_new())
    addresses += browser.hops
    await browser.submit(action="/flow/new", answer="first")
    addresses += browser.hops
    await browser.submit(action="/flow/whose", whose="mine")
    addresses += browser.hops
    await type_numbers(browser)
    addresses += browser.hops
    await browser.submit(action="/flow/done")
    addresses += browser.hops
    together = " ".join(addresses)
    assert "100245" not in together
    assert "1007001" not in together
    assert me not in together.replace("%40", "@").lower()
    await sign_in(shared_house.browser())
