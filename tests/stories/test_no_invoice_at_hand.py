"""I have no invoice at hand; my company has my e-mail address, and can write to me."""

from pathlib import Path

from broker.app.parts import codes
from broker.settings.outbound import OutboundSettings
from broker.storage.ports import OutboxMessage
from linking.codes.sending import Medium
from tests.browsing import Browser
from tests.house import TestHouse, open_house
from tests.stories.telling import entries_for, let_pass, words
from tests.walking import (
    VERIFY,
    WAIT,
    page_number,
    to_first_question,
    to_numbers,
)

CODE, ASK, DONE = 15, 16, 6
UNPROCESSABLE = 422


async def to_code(browser: Browser, person: str = "", whose: str = "mine") -> Browser:
    """At the page for a code."""
    await to_first_question(browser, person)
    await browser.submit(action="/flow/new", answer="code")
    return await browser.submit(action="/flow/whose", whose=whose)


async def ask(browser: Browser, number: str = "100245") -> Browser:
    """Ask for a code."""
    await browser.submit(action="/flow/code", ask="yes")
    return await browser.submit(action="/flow/ask", customer_number=number)


async def sent(house: TestHouse) -> list[dict[str, str]]:
    """What the broker's chore writes to customers, and has written."""
    await codes(house.parts).send_wished(house.clock.now)
    waiting: list[OutboxMessage] = list(
        await house.parts.storage.outbox.due(now=house.clock.now, limit=100)
    )
    notices = [house.parts.storage.notices.read(message) for message in waiting]
    return [
        {"to": notice.contact.email, **notice.facts} for notice in notices if "code" in notice.facts
    ]


async def enter(browser: Browser, code: str, number: str = "100245") -> Browser:
    """Type a code."""
    return await browser.submit(action="/flow/code", customer_number=number, code=code)


async def test_i_ask_for_a_code_and_am_connected(house: TestHouse) -> None:
    """It comes to the address on file; the page where I asked takes it."""
    me = await to_code(house.browser())
    await ask(me)
    assert "Om numret stämmer är en kod på väg" in words(me)
    (message,) = await sent(house)
    assert message["to"] == "k100245@brev.example"

    await enter(me, message["code"].lower().replace("-", " "))
    assert page_number(me) == DONE
    assert "Du behöver inte koden igen" in words(me)
    assert "tre dagarna" not in words(me)
    await me.submit(action="/flow/done")
    (entry,) = await entries_for(house, me.query["code"])
    assert (entry["relation"], entry["proof"]) == ("holder", "code")


async def test_the_code_holds_in_any_later_login(house: TestHouse) -> None:
    """I close everything, wait for the message, and begin anew with another account even."""
    await ask(await to_code(house.browser()))
    (message,) = await sent(house)
    let_pass(house, hours=20)
    later = await to_code(house.browser())
    await enter(later, message["code"])
    assert page_number(later) == DONE


async def test_i_am_told_nothing_about_anybodys_number(house: TestHouse) -> None:
    """Whether it exists, is protected, has a contact: the page is the same."""
    said = set()
    for number in ("100245", "100301", "100302", "999999"):
        browser = await ask(await to_code(house.browser()), number)
        said.add(words(browser).replace(number, ""))
    assert len(said) == 1
    assert [message["to"] for message in await sent(house)] == ["k100245@brev.example"]


async def test_a_slip_is_told_and_a_wrong_code_is_not_explained(house: TestHouse) -> None:
    """The code checks itself; whether a number has one, nobody learns."""
    me = await ask(await to_code(house.browser()))
    (message,) = await sent(house)
    slip = ("1" if message["code"][0] != "1" else "2") + message["code"][1:]
    await enter(me, slip)
    assert (me.page.status_code, page_number(me)) == (UNPROCESSABLE, CODE)
    assert "Kontrollera koden: ett tecken är fel" in words(me)
    await enter(me, message["code"][:6])
    assert "Koden ska ha 12 tecken. Du har fyllt i 5" in words(me)
    await enter(me, "1007001")
    assert "Det här ser ut som ett nummer från en faktura" in words(me)
    answers = []
    for number in ("100245", "999999"):
        await enter(me, "0000-0000-0000", number)
        answers.append(words(me).replace(number, ""))
    assert answers[0] == answers[1]
    assert "hör inte ihop" in answers[0]


async def test_a_number_that_is_nobodys_by_its_shape_is_told(house: TestHouse) -> None:
    """By the company's public rule alone: no wish is written, and none of mine is used up."""
    me = await to_code(house.browser())
    await me.submit(action="/flow/code", ask="yes")
    for number, said in (
        ("", "Fyll i kundnumret"),
        ("1002", "Kundnumret har minst 6 siffror. Du har fyllt i 4"),
        ("100245100245", "Kundnumret har högst 8 siffror. Du har fyllt i 12"),
    ):
        await me.submit(action="/flow/ask", customer_number=number)
        assert (me.page.status_code, page_number(me)) == (UNPROCESSABLE, ASK)
        assert said in words(me)
    waiting = await house.parts.storage.codes.wishes(now=house.clock.now, limit=10)
    assert waiting.wishes == ()


async def test_where_no_code_can_leave_none_is_offered(
    house_template: Path, tmp_path: Path
) -> None:
    """The company would send e-mail, but this broker has no way to."""
    nothing = {"outbound": OutboundSettings()}
    async with open_house(house_template, tmp_path / "broker", **nothing) as house:
        me = await to_first_question(house.browser())
        assert "kod" not in words(me)
        await me.submit(action="/flow/new", answer="code")
        await me.submit(action="/flow/whose", whose="mine")
        assert "Här skickas inga koder. Ring oss" in words(me)
        assert not [form for form in me.forms if "ask" in form.fields]
        await me.submit(action="/flow/code", ask="yes")
        assert page_number(me) == CODE
        await me.submit(action="/flow/new", answer="first")
        assert page_number(me) == VERIFY
        assert "Ring oss. Vi ordnar det tillsammans" in words(me)


async def test_i_ask_in_vain_after_many_times(house: TestHouse) -> None:
    """My account may ask ten times a day; the page says what to do."""
    me = await to_code(house.browser())
    for _ in range(10):
        await ask(me)
    await ask(me)
    assert (me.page.status_code, page_number(me)) == (UNPROCESSABLE, ASK)
    assert "Du kan be om en igen i morgon, eller ringa oss." in words(me)
    assert len(await sent(house)) == 1


async def test_i_go_from_the_invoice_to_the_code_and_back(house: TestHouse) -> None:
    """Nobody asks me again whose number it is."""
    me = await to_numbers(house.browser())
    await me.submit(action="/flow/new", answer="code")
    assert page_number(me) == CODE
    await me.submit(action="/flow/new", answer="first")
    assert page_number(me) == VERIFY


async def test_an_organisation_comes_in_by_its_code(house: TestHouse) -> None:
    """Its invoice is not enough; with the code that was sent to it, somebody stands for it."""
    me = await ask(await to_code(house.browser()), "100300")
    (message,) = await sent(house)
    await enter(me, message["code"], "100300")
    await me.submit(action="/flow/done")
    (entry,) = await entries_for(house, me.query["code"])
    assert (entry["relation"], entry["proof"]) == ("representative", "code")


async def test_the_wish_is_the_same_work_for_every_number(house: TestHouse) -> None:
    """One row, and no question of the register, before anybody is answered."""
    for number in ("100245", "999999"):
        await ask(await to_code(house.browser()), number)
    waiting = await house.parts.storage.codes.wishes(now=house.clock.now, limit=10)
    wishes = waiting.wishes
    assert sorted(wish.number for wish in wishes) == ["100245", "999999"]
    assert {wish.medium for wish in wishes} == {Medium.MESSAGE}


async def test_wrong_codes_lead_to_the_wait_that_wrong_numbers_lead_to(house: TestHouse) -> None:
    """Told at the failure that begins it; then the page that staff know, with my code in it."""
    me = await to_code(house.browser())
    for _ in range(6):
        await enter(me, "0000-0000-0000")
    assert (me.page.status_code, page_number(me)) == (UNPROCESSABLE, CODE)
    assert "Du kan försöka igen om 30 sekunder" in words(me)
    assert "du kan försöka igen." not in words(me)

    await enter(me, "0000-0000-0000")
    assert (me.page.status_code, page_number(me)) == (429, WAIT)
    assert "Klockan är inte" in words(me)
    assert "Det här kan du göra under tiden" in words(me)
    (form,) = [each for each in me.forms if "code" in each.names]
    assert form.fields["customer_number"] == "100245"
    assert "V-" in words(me)
