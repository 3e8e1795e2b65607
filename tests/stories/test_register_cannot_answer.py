"""The billing system is not to be reached, and it is not my fault."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.house import TestHouse, a_key, open_house, settings_for
from tests.stories.telling import words
from tests.walking import VERIFY, page_number, to_numbers, type_numbers

REGISTER_DOWN = 27
UNAVAILABLE = 503


@asynccontextmanager
async def register_unreadable(template: Path, directory: Path) -> AsyncIterator[TestHouse]:
    """A house that lacks the key which its register's numbers were hashed with."""
    secrets = settings_for(directory).secrets.model_copy(update={"peppers": {"p2": a_key("new")}})
    async with open_house(template, directory, secrets=secrets) as house:
        yield house


async def test_i_am_told_to_try_again_in_a_few_minutes(
    house_template: Path, tmp_path: Path
) -> None:
    """Whose fault it is, that it does not count, whom to call, and a button to go on with."""
    async with register_unreadable(house_template, tmp_path) as house:
        browser = house.browser()
        await to_numbers(browser)

        await type_numbers(browser)

        assert browser.page.status_code == UNAVAILABLE
        assert browser.page.headers["retry-after"] == "60"
        assert page_number(browser) == REGISTER_DOWN
        said = words(browser)
        assert "Felet är vårt, och det räknas inte som ett försök." in said
        assert "Elnat ansvarar för den här sidan." in said
        again = next(link for link in browser.links if "/flow?" in link)
        await browser.go(again)
        assert page_number(browser) == VERIFY


async def test_what_i_typed_is_kept(house_template: Path, tmp_path: Path) -> None:
    """One press sends it again; a personal identity number goes nowhere a second time."""
    async with register_unreadable(house_template, tmp_path) as house:
        browser = house.browser()
        await to_numbers(browser)
        await type_numbers(browser, "100245", "1007001")
        (form,) = [each for each in browser.forms if each.action == "/flow/verify"]
        assert (form.fields["customer_number"], form.fields["invoice_number"]) == (
            "100245",
            "1007001",
        )
        await browser.submit(action="/flow/verify")
        assert page_number(browser) == REGISTER_DOWN
        assert "1007001" in browser.text
        await browser.submit(action="/flow/verify", customer_number="19121212-1212")
        assert "1212-1212" not in browser.text


async def test_it_does_not_count_as_a_try(house_template: Path, tmp_path: Path) -> None:
    """After many of them I still do not wait: what I hear is the same."""
    async with register_unreadable(house_template, tmp_path) as house:
        browser = house.browser()
        await to_numbers(browser)
        form, url = browser.page, browser.url
        for _ in range(8):
            browser.page, browser.url = form, url
            await type_numbers(browser)
            assert page_number(browser) == REGISTER_DOWN
