"""My mother is 87. I pay her bills, and have one of them in my hand."""

from datetime import timedelta

from tests.house import TestHouse, read_claims
from tests.stories.telling import (
    entries_for,
    in_shared_house,
    let_pass,
    redeem_for,
    return_to,
    words,
)
from tests.walking import (
    RECOGNISE,
    page_number,
    sign_in,
    somebody_new,
    to_numbers,
    type_numbers,
)

SCOPE = "openid invoices:read consumption:read"


async def test_i_may_look_for_a_year_and_am_told_so(house: TestHouse) -> None:
    """Before I go on I read what I may see, that I may change nothing, and until when."""
    browser = house.browser()
    await to_numbers(browser, "eva", whose="helping")
    assert "Vi behöver se att du har en faktura från den du hjälper." in words(browser)

    await type_numbers(browser)

    said = words(browser)
    assert "Klart! Nu kan du hjälpa till" in said
    assert "Du får inte ändra något." in said
    assert "får kunden ett meddelande" in said
    assert f"{house.clock.now.year + 1}" in said


async def test_the_token_calls_me_a_delegate_with_a_view_only(house: TestHouse) -> None:
    """Services see whom I act for, by which delegation, and when it ends."""
    answer = await sign_in(house.browser(), whose="helping", scope=SCOPE)

    [entry] = await entries_for(house, answer["code"])

    assert entry["relation"] == "delegate"
    assert entry["proof"] == "invoice"
    assert entry["actions"] == ["invoices:read", "consumption:read"]
    assert entry["delegation"].startswith("d_")
    assert "linked_at" not in entry
    left = timedelta(seconds=entry["expires_at"] - house.clock.now.timestamp())
    assert timedelta(days=364) <= left <= timedelta(days=366)


@in_shared_house
async def test_i_do_not_become_my_mother(shared_house: TestHouse) -> None:
    """`sub` is me; her customer is an entry beside it."""
    mine = await redeem_for(
        shared_house, (await sign_in(shared_house.browser(), whose="helping"))["code"]
    )
    hers = await redeem_for(shared_house, (await sign_in(shared_house.browser()))["code"])
    assert read_claims(mine["access_token"])["sub"] != read_claims(hers["access_token"])["sub"]


async def test_she_is_told_at_the_address_that_the_company_has(house: TestHouse) -> None:
    """A notice stands in the outbox, to her contact on file, unreadable on disk."""
    await sign_in(house.browser(), whose="helping")

    [message] = await house.parts.storage.outbox.due(now=house.clock.now, limit=10)

    assert message.kind == "delegation_by_invoice"
    assert b"k100245" not in message.sealed
    notice = house.parts.storage.notices.read(message)
    assert notice.contact.email == "k100245@brev.example"
    assert notice.facts["delegation"].startswith("d_")


async def test_i_am_told_too_when_i_connect_my_own_number(house: TestHouse) -> None:
    """In other words than of somebody who helps."""
    await sign_in(house.browser(), whose="mine")
    [message] = await house.parts.storage.outbox.due(now=house.clock.now, limit=10)
    assert message.kind == "linked_by_invoice"


async def test_after_a_year_i_need_a_new_invoice(house: TestHouse) -> None:
    """It ends by itself, and then I am asked again as somebody who is not known."""
    browser, me = house.browser(), somebody_new()
    await sign_in(browser, me, whose="helping")
    let_pass(house, days=364)
    assert "code" in await return_to(house.browser(), person=me)

    let_pass(house, days=3)
    later = house.browser()
    await return_to(later, person=me)

    assert page_number(later) == RECOGNISE
