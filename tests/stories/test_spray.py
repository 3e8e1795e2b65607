"""Somebody tries one guess at each of many customers; the day's threshold is reached."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.house import TestHouse, open_house
from tests.stories.pressing import AS_INSTALLED, due_date_of, give_more, guess
from tests.stories.telling import let_pass, return_to, words
from tests.walking import (
    is_at_portal,
    page_number,
    sign_in,
    somebody_new,
    to_numbers,
    type_numbers,
)

DONE = 6
A_DAY = 10
"""The least that ever is a day's threshold; this register is small."""


@pytest.fixture
async def house(house_template: Path, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """A broker with the thresholds of a new installation."""
    async with open_house(house_template, tmp_path / "broker", **AS_INSTALLED) as opened_house:
        yield opened_house


async def test_everybody_new_is_asked_for_one_more_detail(house: TestHouse) -> None:
    """Also at numbers that nobody tried; and is let in with it."""
    await guess(house, A_DAY)
    me = await to_numbers(house.browser())
    let_pass(house, minutes=1)
    await type_numbers(me)
    assert "Lite till från fakturan, tack" in words(me)
    let_pass(house, seconds=20)
    await give_more(me, due_date=due_date_of(house))
    assert page_number(me) == DONE


async def test_who_is_known_notices_nothing(house: TestHouse) -> None:
    """Signing in again is one click, as always."""
    anna, browser = somebody_new(), house.browser()
    await sign_in(browser, anna)
    await guess(house, A_DAY)
    await return_to(house.browser(), person=anna)
    again = house.browser()
    await return_to(again, person=anna)
    assert is_at_portal(again)


async def test_one_invoice_number_tried_around_asks_for_more(house: TestHouse) -> None:
    """On the fourth customer number; the numbers of others are as before."""
    await guess(house, 3, invoice="8800001")
    browser = await to_numbers(house.browser())
    let_pass(house, minutes=1)
    await type_numbers(browser, "709999", "8800001")
    assert "Lite till från fakturan, tack" in words(browser)
    me = await to_numbers(house.browser())
    await type_numbers(me)
    assert page_number(me) == DONE


async def test_the_next_day_it_is_as_it_was(house: TestHouse) -> None:
    """A day and an hour without failures."""
    await guess(house, A_DAY)
    let_pass(house, hours=25)
    me = await to_numbers(house.browser())
    await type_numbers(me)
    assert page_number(me) == DONE
