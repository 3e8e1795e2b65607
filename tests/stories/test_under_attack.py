"""Somebody tries to get in as me, from everywhere and for days; I sign in for the first time."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from broker.settings.verifying import VerificationSettings
from tests.browsing import Browser
from tests.house import TestHouse, open_house, register_csv
from tests.registering import import_register
from tests.stories.pressing import AS_INSTALLED, due_date_of, give_more, guess
from tests.stories.telling import let_pass, words
from tests.walking import VERIFY, page_number, to_numbers, type_numbers

DONE, MOMENT = 6, 13
UNPROCESSABLE, TOO_MANY_REQUESTS = 422, 429


@pytest.fixture
async def house(house_template: Path, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """A broker with the thresholds of a new installation."""
    async with open_house(house_template, tmp_path / "broker", **AS_INSTALLED) as opened_house:
        yield opened_house


async def at_the_form(house: TestHouse) -> Browser:
    """Me, with the form open for as long as it takes to find the invoice."""
    browser = await to_numbers(house.browser())
    let_pass(house, minutes=1)
    return browser


async def test_i_am_asked_for_one_more_detail_and_let_in(house: TestHouse) -> None:
    """What I typed is still there; the second time it is enough."""
    await guess(house, 3, customer="100245")
    me = await at_the_form(house)

    await type_numbers(me)
    assert (me.page.status_code, page_number(me)) == (UNPROCESSABLE, VERIFY)
    assert "Lite till från fakturan, tack" in words(me)
    assert "det här räknas inte som ett försök" in words(me)
    form = next(f for f in me.forms if "amount" in f.names)
    assert form.fields["invoice_number"] == "1007001"

    let_pass(house, seconds=20)
    await give_more(me, due_date=due_date_of(house))
    assert page_number(me) == DONE


async def test_i_get_in_without_what_my_paper_does_not_bear(house: TestHouse) -> None:
    """My invoice has no due date: the form waits for a moment, and then takes my two numbers."""
    customers, invoices = register_csv(house.clock)
    mine = next(each for each in invoices.splitlines() if "1007001" in each)
    company, number, invoice, ocr, issued_on, _, *rest = mine.split(";")
    bare = ";".join([company, number, invoice, ocr, issued_on, "", *rest])
    await import_register(house.parts, customers, invoices.replace(mine, bare))
    await guess(house, 50, customer="100245")
    me = await at_the_form(house)

    await type_numbers(me)
    assert page_number(me) == DONE


async def test_a_wrong_detail_is_the_same_no_as_any_other(house: TestHouse) -> None:
    """It does not say that the two numbers were right."""
    await guess(house, 3, customer="100245")
    answers = []
    for invoice, amount in (("1007001", "512,51"), ("1009999", "512,50")):
        me = await at_the_form(house)
        await type_numbers(me)
        let_pass(house, seconds=20)
        await give_more(me, invoice=invoice, amount=amount, due_date=due_date_of(house))
        said = words(me).replace(invoice, "").replace(amount, "")
        answers.append((me.page.status_code, said))
    assert answers[0] == answers[1]
    assert "Uppgifterna hör inte ihop" in answers[0][1]


async def test_whoever_attacks_me_is_asked_the_same(house: TestHouse) -> None:
    """The form is the same for everybody at that number, and for numbers that do not exist."""
    await guess(house, 3, customer="100245")
    await guess(house, 3, customer="999999", start=100)
    asked = []
    for customer in ("100245", "999999"):
        browser = await at_the_form(house)
        await type_numbers(browser, customer, "1008888")
        asked.append(words(browser))
    assert asked[0] == asked[1]


async def test_more_of_it_does_not_lock_me_out(house_template: Path, tmp_path: Path) -> None:
    """All that further failures change is how long a form must have been open: half a minute."""
    many = VerificationSettings(answer_every_ms=0, customer_failures_code=12)
    async with open_house(house_template, tmp_path / "broker", verification=many) as house:
        await guess(house, 3, customer="100245")
        for n in range(12):
            browser = await at_the_form(house)
            wrong = str(8_000_000 + n)
            await type_numbers(browser, "100245", wrong)
            let_pass(house, seconds=31)
            await give_more(browser, invoice=wrong, due_date="2026-01-31")
        me = await to_numbers(house.browser())
        await type_numbers(me)
        await give_more(me, due_date=due_date_of(house))
        assert (me.page.status_code, page_number(me)) == (TOO_MANY_REQUESTS, MOMENT)
        assert int(me.page.headers["retry-after"]) == 30
        let_pass(house, seconds=30)
        await me.submit(action="/flow/verify")
        assert page_number(me) == DONE


async def test_a_form_sent_at_once_waits_some_seconds(house: TestHouse) -> None:
    """The page keeps everything, says how long, and the same form is judged then."""
    await guess(house, 3, customer="100245")
    me = await to_numbers(house.browser())
    await type_numbers(me)
    let_pass(house, seconds=4)
    await give_more(me, due_date=due_date_of(house))
    assert (me.page.status_code, page_number(me)) == (TOO_MANY_REQUESTS, MOMENT)
    assert 5 <= int(me.page.headers["retry-after"]) <= 7
    assert "Det du har fyllt i finns kvar" in words(me)

    let_pass(house, seconds=7)
    await me.submit(action="/flow/verify")
    assert page_number(me) == DONE


async def test_a_week_later_it_is_as_it_was(house: TestHouse) -> None:
    """What others did is over by itself."""
    await guess(house, 3, customer="100245")
    let_pass(house, days=7)
    me = await at_the_form(house)
    await type_numbers(me)
    assert page_number(me) == DONE
