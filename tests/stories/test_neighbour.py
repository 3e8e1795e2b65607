"""My neighbour has the invoice after mine, and has seen my customer number."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from broker.settings.verifying import VerificationSettings
from linking.scopes import VIEW
from tests.browsing import Browser
from tests.house import TestHouse, open_house
from tests.stories.telling import entries_for, words
from tests.walking import page_number, somebody_new, to_numbers, type_numbers

DONE, VERIFY = 6, 4
MINE = ("100245", "1007001")
HERS = 1007002
"""The invoice of the neighbour: the number after mine."""


@pytest.fixture
async def house(house_template: Path, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """A broker with the thresholds that an installation begins with."""
    verification = VerificationSettings(answer_every_ms=0)
    async with open_house(house_template, tmp_path, verification=verification) as opened:
        yield opened


async def guess(browser: Browser, *invoices: int) -> None:
    """Invoice numbers around the neighbour's own, on my customer number.

    With an amount and a due date, once they are asked for: of her own invoice, wrong for mine.
    """
    for invoice in invoices:
        await browser.submit(
            action="/flow/verify",
            customer_number=MINE[0],
            invoice_number=str(invoice),
            amount="611,00",
            due_date="2026-01-31",
        )


def alarms(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those about neighbouring numbers."""
    return [line for line in lines if line["event"] == "alarm_neighbours_tried"]


async def test_three_guesses_then_more_of_my_paper_is_asked_for(house: TestHouse) -> None:
    """What she does not have: the amount and the due date of my invoice."""
    browser = await to_numbers(house.browser(), somebody_new())
    await guess(browser, HERS + 1, HERS + 2, HERS + 3)
    await guess(browser, HERS + 4)
    assert "Lite till från fakturan" in words(browser)
    await type_numbers(browser, *MINE)
    assert page_number(browser) == VERIFY, "the right number alone is not enough any more"


async def test_the_operators_are_told(house: TestHouse) -> None:
    """Once, after five numbers that lie close together: no number, no name."""
    browser = await to_numbers(house.browser(), somebody_new())
    with capture_logs() as lines:
        for step in range(1, 9):
            await guess(browser, HERS + step)
            house.clock.advance(minutes=3)
    [told] = alarms(lines)
    assert told["log_level"] == "warning"
    assert told["numbers"] == 5
    assert told["account"].startswith("V-")
    assert not any("100700" in str(line) for line in lines)


async def test_somebody_who_mistypes_is_no_neighbour(house: TestHouse) -> None:
    """Four slips of the last digits are told to nobody."""
    browser = await to_numbers(house.browser(), somebody_new())
    with capture_logs() as lines:
        await guess(browser, 1007010, 1007100, 1007011, 1007101)
    assert alarms(lines) == []


async def test_i_get_in_all_the_same(house: TestHouse) -> None:
    """With one more detail from the same paper, and a moment's patience; I never wait for her."""
    hers = await to_numbers(house.browser(), somebody_new())
    for step in range(1, 9):
        await guess(hers, HERS + step)
        house.clock.advance(minutes=3)

    mine = await to_numbers(house.browser(), somebody_new())
    await type_numbers(mine, *MINE)
    assert "Lite till från fakturan" in words(mine)
    house.clock.advance(seconds=30)
    due = (house.clock.now - timedelta(days=40)).date().isoformat()
    await mine.submit(action="/flow/verify", amount="512,50", due_date=due)

    assert page_number(mine) == DONE


async def test_if_she_guesses_at_once_she_may_only_look(house: TestHouse) -> None:
    """Numbers in the order of billing are weak evidence: the first guess may be right.

    For three days she sees what a glance at the paper shows, and can change nothing.
    """
    browser = await to_numbers(house.browser(), somebody_new())
    await guess(browser, HERS - 1)
    assert page_number(browser) == DONE
    await browser.submit(action="/flow/done")
    (entry,) = await entries_for(house, browser.query["code"])
    [link] = await house.parts.storage.links.of_customers("elnat", [MINE[0]])
    [may] = await house.parts.linking.entries_of(link.person, ["elnat"], now=house.clock.now)
    assert entry["customer"] == may.customer.id
    assert set(may.actions) == set(VIEW)
