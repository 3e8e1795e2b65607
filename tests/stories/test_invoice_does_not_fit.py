"""I have an invoice, but it is not one that shows who I am today."""

import pytest

from tests.browsing import Browser
from tests.house import TestHouse
from tests.stories.telling import words
from tests.walking import VERIFY, page_number, somebody_new, to_numbers, type_numbers

pytestmark = pytest.mark.asyncio(loop_scope="session")

NEUTRAL = "Numren stämmer inte ihop. Kontrollera båda mot samma faktura"
OUT_OF_REACH = {
    "invoice too old": ("100304", "1007014"),
    "other company's invoice": ("200245", "2007001"),
    "neighbour's invoice": ("100245", "1007002"),
    "no such customer": ("199999", "1007001"),
    "no such invoice": ("100245", "1999999"),
    "association": ("100300", "1007010"),
    "protected identity": ("100301", "1007011"),
    "deceased": ("100302", "1007012"),
    "moved out": ("100303", "1007013"),
}


async def answer_to(browser: Browser, pair: tuple[str, str]) -> str:
    """What the page says to a pair."""
    await to_numbers(browser, somebody_new())
    await type_numbers(browser, *pair)
    assert page_number(browser) == VERIFY
    return words(browser)


async def test_whatever_does_not_fit_i_read_the_same(shared_house: TestHouse) -> None:
    """What to check, what else it may be, whom to call: and nothing of why, or about anybody."""
    answers = {await answer_to(shared_house.browser(), pair) for pair in OUT_OF_REACH.values()}

    [said] = answers
    assert NEUTRAL in said
    assert "Kontrollera kundnumret" in said
    assert "Kontrollera fakturanumret" in said
    assert "inte är äldre än 14 månader" in said
    assert "Du blir aldrig utelåst" in said
    assert "Företag, förening, dödsbo, flyttat, ingen faktura? Så här gör du" in said
    assert "08-465 004 00" in said


async def test_i_find_another_invoice_and_get_in(shared_house: TestHouse) -> None:
    """A wrong try is not held against me."""
    browser = shared_house.browser()
    await to_numbers(browser)
    await type_numbers(browser, "100245", "1007002")
    await type_numbers(browser, "100245", "1007001")
    await browser.submit(action="/flow/done")
    assert "code" in browser.query
