"""I type what I see on the invoice, and it is not always what was meant."""

from pathlib import Path
from typing import Any

import pytest

from tests.house import TestHouse, open_house, settings_for
from tests.stories.telling import words
from tests.walking import VERIFY, page_number, to_numbers, type_numbers

pytestmark = pytest.mark.asyncio(loop_scope="session")

DONE = 6
UNPROCESSABLE = 422
OCR = "10070019" + "4"
"""Invoice 1007001 with length digit and check digit."""


def companies(directory: Path, **changes: Any) -> dict[str, Any]:
    """The companies, with the grid's changed."""
    known = settings_for(directory).companies
    return known | {"elnat": known["elnat"].model_copy(update=changes)}


@pytest.mark.parametrize(
    ("customer", "invoice"),
    [
        ("100 245", "1 007 001"),
        ("100-245", "1007-001"),
        ("Kundnr: 100245", "Fakturanummer 1007001"),
        ("\u00a0100245\u200b", " 1007001 "),
        ("1OO245", "l007001"),
        ("000100245", "1007001."),
        ("１００２４５", "1007001"),
    ],
)
async def test_numbers_count_however_they_are_written(
    shared_house: TestHouse, customer: str, invoice: str
) -> None:
    """Spaces, dashes, labels, invisible characters, letters like digits, leading zeros."""
    browser = shared_house.browser()
    await to_numbers(browser)
    await type_numbers(browser, customer, invoice)
    assert page_number(browser) == DONE


@pytest.mark.parametrize(
    ("customer", "invoice", "said"),
    [
        ("735999123000047113", "1007001", "Det här är ett anläggnings-id. Fyll i kundnumret"),
        ("100245", "735999123000047113", "Det här är ett anläggnings-id. Fyll i fakturanumret"),
        ("100245", "100245", "Du har fyllt i samma nummer två gånger."),
        ("100245", "S007001", "Fakturanumret ska bara ha siffror."),
        ("100", "1007001", "Kundnumret har minst 6 siffror. Du har fyllt i 3"),
        ("100245", "10070010070", "Fakturanumret har högst 9 siffror. Du har fyllt i 11"),
        ("", "1007001", "Fyll i kundnumret"),
        ("100245", " - ", "Fyll i fakturanumret"),
        ("100245", "1" * 65, "Det är för långt. Fyll bara i fakturanumret"),
        ("5560360793", "1007001", "Det här ser ut som ett organisationsnummer."),
    ],
)
async def test_i_am_told_what_i_seem_to_have_mixed_up(
    shared_house: TestHouse, customer: str, invoice: str, said: str
) -> None:
    """In plain words, at the field and in the summary; what I typed is still there."""
    browser = shared_house.browser()
    await to_numbers(browser)

    await type_numbers(browser, customer, invoice)

    assert browser.page.status_code == UNPROCESSABLE
    assert page_number(browser) == VERIFY
    assert browser.title.startswith("Fel:")
    assert words(browser).count(said) == 2
    form = next(f for f in browser.forms if "customer_number" in f.names)
    assert form.fields["customer_number"] == customer
    assert form.fields["invoice_number"] == invoice


@pytest.mark.parametrize("typed", ["121212-1212", "19121212-1212"])
async def test_my_personal_identity_number_is_thrown_away(
    shared_house: TestHouse, typed: str
) -> None:
    """It is not needed here: the page says so and does not hold it; the other field stays."""
    browser = shared_house.browser()
    await to_numbers(browser)

    await type_numbers(browser, typed, "1007001")

    assert "Fyll inte i personnummer här. Vi har tagit bort det du skrev." in words(browser)
    assert "1212" not in browser.text
    form = next(f for f in browser.forms if "customer_number" in f.names)
    assert form.fields["invoice_number"] == "1007001"


async def test_nothing_that_could_not_be_looked_up_counts_as_a_try(shared_house: TestHouse) -> None:
    """An empty field costs nothing, however often."""
    browser = shared_house.browser()
    await to_numbers(browser)
    for _ in range(8):
        await type_numbers(browser, "100245", "")
    await type_numbers(browser)
    assert page_number(browser) == DONE


@pytest.mark.parametrize(("accepts", "page"), [(True, DONE), (False, VERIFY)])
async def test_i_typed_the_ocr_number(
    house_template: Path, tmp_path: Path, accepts: bool, page: int
) -> None:
    """It is taken where the company says what is in it and that it will do; else it is named."""
    changed = companies(tmp_path, ocr_template="{invoice}{len}{check}", accept_ocr=accepts)
    async with open_house(house_template, tmp_path, companies=changed) as house:
        browser = house.browser()
        await to_numbers(browser)
        await type_numbers(browser, "100245", OCR)
        assert page_number(browser) == page
        assert ("Det här ser ut som ett OCR-nummer" in words(browser)) is not accepts


async def test_i_swapped_the_two(house_template: Path, tmp_path: Path) -> None:
    """Where the shapes tell which is which, nobody troubles me with it."""
    customers = settings_for(tmp_path).companies["elnat"].customer_number
    short = customers.model_copy(update={"max_length": 6})
    changed = companies(tmp_path, customer_number=short)
    async with open_house(house_template, tmp_path, companies=changed) as house:
        browser = house.browser()
        await to_numbers(browser)
        await type_numbers(browser, "1007001", "100245")
        assert page_number(browser) == DONE
