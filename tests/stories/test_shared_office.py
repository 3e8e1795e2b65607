"""Five hundred of us work behind one address, and somebody among us is guessing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from broker.settings.verifying import VerificationSettings
from tests.house import TestHouse, open_house
from tests.stories.pressing import guess
from tests.stories.telling import let_pass
from tests.walking import page_number, to_numbers, type_numbers

DONE, MOMENT = 6, 13
NOTICED = 20


@pytest.fixture
async def house(house_template: Path, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """A large company's broker: twenty failures a day are nothing there."""
    large = VerificationSettings(answer_every_ms=0, daily_failures=10_000)
    async with open_house(house_template, tmp_path / "broker", verification=large) as opened_house:
        yield opened_house


async def test_i_notice_nothing_when_i_take_my_time(house: TestHouse) -> None:
    """Ten seconds with the invoice in hand, which is less than anybody needs."""
    await guess(house, NOTICED)
    me = await to_numbers(house.browser())
    let_pass(house, seconds=10)
    await type_numbers(me)
    assert page_number(me) == DONE


async def test_at_most_i_press_once_more(house: TestHouse) -> None:
    """Whoever is quicker waits for the rest of the ten seconds; nobody is refused."""
    await guess(house, NOTICED)
    me = await to_numbers(house.browser())
    await type_numbers(me)
    assert page_number(me) == MOMENT
    let_pass(house, seconds=10)
    await me.submit(action="/flow/verify")
    assert page_number(me) == DONE


async def test_it_is_never_more_than_half_a_minute(house: TestHouse) -> None:
    """However much somebody guesses among us."""
    for round_of in range(5):
        await guess(house, NOTICED, start=round_of * NOTICED)
        let_pass(house, minutes=1)
    me = await to_numbers(house.browser())
    await type_numbers(me)
    assert page_number(me) == MOMENT
    assert int(me.page.headers["retry-after"]) <= 30
    let_pass(house, seconds=30)
    await me.submit(action="/flow/verify")
    assert page_number(me) == DONE


async def test_the_next_day_is_a_new_one(house: TestHouse) -> None:
    """Networks are known under a key of the day."""
    await guess(house, NOTICED)
    let_pass(house, hours=25)
    me = await to_numbers(house.browser())
    await type_numbers(me)
    assert page_number(me) == DONE
