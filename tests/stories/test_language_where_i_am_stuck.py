"""I read English, and the page that says what went wrong is in Swedish: I change it right there."""

from pathlib import Path

import pytest

from tests.browsing import Browser
from tests.house import UNPRESSED, TestHouse, open_house
from tests.stories.telling import words
from tests.stories.test_no_invoice_at_hand import enter, to_code
from tests.walking import VERIFY, WAIT, page_number, to_numbers, type_numbers

CODE, ASK = 15, 16


def typed(browser: Browser) -> dict[str, str]:
    """What stands in the form of the page."""
    return browser.forms[0].fields | {"ticket": ""}


async def in_english(browser: Browser, page: int, said: str) -> None:
    """The same page in the other language, and back; what was typed is still there."""
    before = typed(browser)
    await browser.speak("en")
    assert browser.page.status_code == 200
    assert page_number(browser) == page
    assert said in words(browser)
    assert typed(browser) == before
    await browser.speak("sv")
    assert said not in words(browser)
    assert typed(browser) == before


async def test_a_mistake(house: TestHouse) -> None:
    """With its own words, and the number that it is about."""
    me = await type_numbers(await to_numbers(house.browser()), "1002", "1007001")
    assert "Kundnumret har minst 6 siffror. Du har fyllt i 4" in words(me)
    await in_english(me, VERIFY, "The customer number has at least 6 digits. You entered 4")


async def test_numbers_that_do_not_match_and_the_wait(house: TestHouse) -> None:
    """Nothing is judged for it, and nothing counted: the wait is where it was."""
    me = await to_numbers(house.browser())
    for _ in range(5):
        await type_numbers(me, "100245", "1009999")
        await in_english(me, VERIFY, "The numbers do not belong together")
    await type_numbers(me, "100245", "1009999")
    await in_english(me, VERIFY, "You can try again in 30 seconds")
    await type_numbers(me, "100245", "1007001")
    await in_english(me, WAIT, "Wait a while before you try again")
    assert "Om du ringer oss, säg det här numret: V-" in words(me)
    house.clock.advance(seconds=31)
    await me.submit(action="/flow/verify")
    assert me.path == "/flow/done"


async def test_a_personal_identity_number_stays_gone(house: TestHouse) -> None:
    """What the page has removed comes back in no language."""
    me = await type_numbers(await to_numbers(house.browser()), "19121212-1212", "1007001")
    assert "1212" not in me.text
    await in_english(me, VERIFY, "Do not enter a personal identity number here")
    assert "1212" not in me.text


FORGED = [
    "{",
    "[]",
    '{"until":-1}',
    '{"said":7}',
    '{"left":1e99}',
    '{"of":{"x":["empty",null,null,null]}}',
    '{"of":{"customer_number":["nothing of ours",1,2,3]}}',
    '{"of":{"code":["<b>",null,null,7]}}',
]


@pytest.mark.parametrize("broken", FORGED)
async def test_what_no_page_said_is_not_believed(shared_house: TestHouse, broken: str) -> None:
    """The form is shown, and nothing is judged."""
    me = await to_numbers(shared_house.browser())
    await me.submit(
        action="/flow/verify", customer_number="100245", invoice_number="1007001", again=broken
    )
    assert (me.page.status_code, page_number(me)) == (200, VERIFY)


@pytest.mark.parametrize("broken", FORGED)
async def test_nor_on_the_pages_of_codes(shared_house: TestHouse, broken: str) -> None:
    """Neither where one is typed nor where one is asked for."""
    me = await to_code(shared_house.browser())
    await me.submit(action="/flow/code", customer_number="100245", code="x", again=broken)
    assert (me.page.status_code, page_number(me)) == (200, CODE)
    await me.submit(action="/flow/code", ask="yes")
    await me.submit(action="/flow/ask", customer_number="100245", medium="message", again=broken)
    assert (me.page.status_code, page_number(me)) == (200, ASK)


async def test_a_wrong_code_and_its_wait(house: TestHouse) -> None:
    """On the pages of codes too."""
    me = await to_code(house.browser())
    await enter(me, "0000-0000-0000")
    await in_english(me, CODE, "The customer number and the code do not belong together")
    for _ in range(6):
        await enter(me, "0000-0000-0000")
    await in_english(me, WAIT, "It is not ")


async def test_a_code_that_was_asked_for(house: TestHouse) -> None:
    """It is asked for once: changing the language asks for none."""
    me = await to_code(house.browser())
    await me.submit(action="/flow/code", ask="yes")
    await me.submit(action="/flow/ask", customer_number="1002")
    await in_english(me, ASK, "The customer number has at least 6 digits. You entered 4")
    await me.submit(action="/flow/ask", customer_number="100245")
    await in_english(me, CODE, "If the number is right, a code is on its way")
    wishes = await house.parts.storage.codes.wishes(now=house.clock.now, limit=10)
    assert len(wishes.wishes) == 1


async def test_more_evidence(house_template: Path, tmp_path: Path) -> None:
    """What more is asked for stays asked for."""
    pressed = UNPRESSED.model_copy(update={"customer_failures": 1})
    async with open_house(house_template, tmp_path / "broker", verification=pressed) as house:
        for _ in range(3):
            await type_numbers(await to_numbers(house.browser()), "100245", "1009999")
        me = await type_numbers(await to_numbers(house.browser()), "100245", "1007001")
        assert "Lite till från fakturan" in words(me)
        await in_english(me, VERIFY, "A little more from the invoice, please")
        assert "Lite till från fakturan" in words(me)
        assert "amount" in me.forms[0].names
