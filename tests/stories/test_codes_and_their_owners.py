"""A code is the customer's it was sent to: not of who comes after, nor of one alone at home."""

from pathlib import Path
from typing import Any

import pytest

from broker.app.parts import codes
from broker.registers.importing import Imported, Mode
from broker.settings.verifying import LadderSettings
from linking.codes.sending import Medium
from tests.house import TestHouse, open_house, register_csv, settings_for
from tests.registering import import_register
from tests.stories.telling import let_pass, words
from tests.stories.test_no_invoice_at_hand import (
    ASK,
    CODE,
    DONE,
    UNPROCESSABLE,
    ask,
    enter,
    sent,
    to_code,
)
from tests.walking import page_number

BY_LETTER = LadderSettings(codes=("email", "sms", "letter"))


def with_letters(directory: Path) -> dict[str, Any]:
    """Every company sends them."""
    companies = settings_for(directory).companies
    return {name: each.model_copy(update={"ladder": BY_LETTER}) for name, each in companies.items()}


async def import_changed(house: TestHouse, *, email: str = "", evidence_from: str = "") -> None:
    """The register of today: another contact of 100245, or another who has that number."""
    customers, invoices = register_csv(house.clock)
    head, *rows = customers.splitlines()
    lines = [f"{head};evidence_from"]
    for row in rows:
        is_theirs = row.startswith("elnat;100245;")
        changed = row.replace("k100245@brev.example", email) if email else row
        lines.append(f"{changed};{evidence_from if is_theirs else ''}")
    text = "".join(f"{line}\n" for line in lines)
    outcome = await import_register(house.parts, text, invoices, mode=Mode(force=True))
    assert isinstance(outcome, Imported)


@pytest.mark.parametrize("letter", [False, True])
async def test_i_moved_out_and_have_a_code_still(
    house_template: Path, tmp_path: Path, *, letter: bool
) -> None:
    """The number is another's since yesterday: I get the same no as for a wrong code."""
    directory = tmp_path / "house"
    async with open_house(house_template, directory, companies=with_letters(directory)) as house:
        let_pass(house, hours=(12 - house.clock.now.hour) % 24)  # neither day begins in between
        asked = codes(house.parts)
        medium = Medium.LETTER if letter else Medium.MESSAGE
        await asked.ask(["elnat"], "100245", medium, now=house.clock.now)
        (message,) = await sent(house)
        let_pass(house, hours=23)
        await import_changed(house, evidence_from=house.clock.now.date().isoformat())
        me = await enter(await to_code(house.browser()), message["code"])
        assert (me.page.status_code, page_number(me)) == (UNPROCESSABLE, CODE)
        assert "hör inte ihop" in words(me)


async def test_the_contact_was_changed_since(house: TestHouse) -> None:
    """Whoever reads the old mailbox does not get in by what is in it; on the same day, too."""
    await ask(await to_code(house.browser()))
    (message,) = await sent(house)
    await import_changed(house, email="ny@brev.example")
    me = await enter(await to_code(house.browser()), message["code"])
    assert page_number(me) == CODE
    assert "hör inte ihop" in words(me)


async def test_a_stranger_asked_three_times_and_we_are_two_at_home(house: TestHouse) -> None:
    """All that they got us is one code; when I have used it, my wife gets one of hers."""
    for _ in range(3):
        await ask(await to_code(house.browser()))
        codes_sent = [each["code"] for each in await sent(house)]
    assert (len(codes_sent), len(set(codes_sent))) == (3, 1)
    mine = await enter(await to_code(house.browser()), codes_sent[0])
    assert page_number(mine) == DONE
    hers = await ask(await to_code(house.browser()))
    (new,) = {each["code"] for each in await sent(house)} - set(codes_sent)
    await enter(hers, new)
    assert page_number(hers) == DONE


async def test_i_ask_for_letters_to_the_whole_street(house_template: Path, tmp_path: Path) -> None:
    """Two in seven days, and the page says so; a message I can ask for all the same."""
    directory = tmp_path / "house"
    async with open_house(house_template, directory, companies=with_letters(directory)) as house:
        me = await to_code(house.browser())
        await me.submit(action="/flow/code", ask="yes")
        for number in ("100245", "100246", "100300"):
            if page_number(me) == CODE:
                await me.submit(action="/flow/code", ask="yes")
            await me.submit(action="/flow/ask", customer_number=number, medium="letter")
        assert (me.page.status_code, page_number(me)) == (UNPROCESSABLE, ASK)
        assert "så många brev som det går på en vecka" in words(me)
        assert [each["medium"] for each in await sent(house)] == ["letter", "letter"]
        await me.submit(action="/flow/ask", customer_number="100300", medium="message")
        assert page_number(me) == CODE
