"""My company takes no invoices: it sends me a code, and never asks for what is of no use."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from broker.settings.verifying import LadderSettings
from tests.browsing import Browser
from tests.house import ISSUER, TestHouse, a_company, authorize_url, open_house
from tests.stories.telling import words
from tests.walking import page_number, to_first_question

CODE = 15
BY_CODE = LadderSettings(private="code", codes=("sms", "letter"))


@asynccontextmanager
async def by_code(
    template: Path, directory: Path, ladder: LadderSettings = BY_CODE
) -> AsyncIterator[TestHouse]:
    """A broker whose first company begins so."""
    companies = {name: a_company(name.capitalize()) for name in ("elhandel", "varme")}
    elnat = a_company("Elnat").model_copy(update={"ladder": ladder})
    async with open_house(template, directory, companies={"elnat": elnat, **companies}) as house:
        yield house


async def to_the_code(house: TestHouse, whose: str = "mine") -> Browser:
    """The way of somebody who has never been here."""
    me = await to_first_question(house.browser())
    await me.submit(action="/flow/new", answer="first")
    return await me.submit(action="/flow/whose", whose=whose)


def actions(browser: Browser) -> set[str]:
    """Where the forms of the page go."""
    return {form.action for form in browser.forms}


async def test_no_page_of_codes_leads_to_an_invoice(house_template: Path, tmp_path: Path) -> None:
    """Neither before asking nor after, nor in a wait: it would lead round in a circle."""
    async with by_code(house_template, tmp_path / "broker") as house:
        me = await to_the_code(house)
        assert page_number(me) == CODE
        seen = [(words(me), actions(me))]
        for medium in ("letter", "message"):
            await me.submit(action="/flow/code", ask="yes")
            await me.submit(action="/flow/ask", customer_number="100245", medium=medium)
            seen.append((words(me), actions(me)))
            me = await to_the_code(house)
        for _ in range(7):
            await me.submit(action="/flow/code", customer_number="100245", code="0000-0000-0000")
        assert me.page.status_code == 429
        seen.append((words(me), actions(me)))
        assert len({text for text, _ in seen}) == len(seen)
        for text, forms in seen:
            assert "Använd en faktura" not in text
            assert not [action for action in forms if action.endswith("/flow/new")]


async def test_where_invoices_do_too_the_button_is_there(shared_house: TestHouse) -> None:
    """Whoever came for a code may have found an invoice after all."""
    me = await to_first_question(shared_house.browser())
    await me.submit(action="/flow/new", answer="code")
    await me.submit(action="/flow/whose", whose="mine")
    assert "Använd en faktura i stället" in words(me)


async def test_only_the_ways_that_exist_are_named(house_template: Path, tmp_path: Path) -> None:
    """The company sends no e-mail."""
    async with by_code(house_template, tmp_path / "broker") as house:
        me = await to_the_code(house)
        await me.submit(action="/flow/code", ask="yes")
        assert "Med sms" in words(me)
        assert "e-post" not in words(me)


async def test_who_helps_is_told_whom_the_code_goes_to(
    house_template: Path, tmp_path: Path
) -> None:
    """It goes to the customer, and never to the one who helps."""
    async with by_code(house_template, tmp_path / "broker") as house:
        me = await to_the_code(house, "helping")
        assert "koden som vi har skickat till kunden som du hjälper" in words(me)
        await me.submit(action="/flow/code", ask="yes")
        assert "Koden går till kunden som du hjälper, inte till dig" in words(me)


async def to_choice_and_help(house: TestHouse) -> tuple[str, str]:
    """What the two pages say on which somebody learns what to bring."""
    choice = words(await house.browser().go(authorize_url()))
    return choice, words(await house.browser().go(f"{ISSUER}/help?client_id=portal"))


async def test_i_am_told_beforehand_that_a_code_is_sent(
    house_template: Path, tmp_path: Path
) -> None:
    """Neither the first page nor the help of this company sends me for an invoice."""
    async with by_code(house_template, tmp_path / "broker") as house:
        choice, on_help = await to_choice_and_help(house)
        assert "skickar en kod till den kontaktuppgift som Elnat har" in choice
        assert "Ditt kundnummer, och en kod som vi skickar" in on_help
        assert "Ta fram en faktura" not in choice
        assert "fakturanumret" not in choice + on_help
        everywhere = words(await house.browser().go(f"{ISSUER}/help"))
        assert "Några företag tar inte emot fakturor" in everywhere
        assert "En faktura som är högst 14 månader" in everywhere


async def test_i_am_told_beforehand_what_else_is_asked_for(
    house_template: Path, tmp_path: Path
) -> None:
    """Where a second item is asked of everybody, by the kind that the company chose."""
    for at, (item, said) in enumerate(
        {
            "amount_and_due_date": "fakturanumret, beloppet att betala och förfallodagen",
            "printed_code": "fakturanumret och koden som är tryckt på den",
            "ocr": "fakturanumret och OCR-numret",
        }.items()
    ):
        ladder = LadderSettings.model_validate({"private": "second_item", "second_item": item})
        async with by_code(house_template, tmp_path / str(at), ladder) as house:
            choice, on_help = await to_choice_and_help(house)
            assert said in choice
            assert said in on_help


async def test_two_numbers_are_told_of_where_two_are_asked_for(shared_house: TestHouse) -> None:
    """The usual company."""
    choice, on_help = await to_choice_and_help(shared_house)
    assert "frågar vi efter kundnumret och fakturanumret på den" in choice
    assert "Du fyller i kundnumret och fakturanumret en gång" in on_help
