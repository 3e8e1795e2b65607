"""The stolen paper invoice: what it gives, for how long, and what puts an end to it."""

from broker.pages.texts import clock
from tests.house import TestHouse, authorize_url
from tests.stories.messages import address_in_the_latest, notices, say_not_me
from tests.stories.telling import entries_for, redeem_for, return_to, words
from tests.walking import (
    RECOGNISE,
    VERIFY,
    ask_userinfo,
    page_number,
    sign_in,
    to_first_question,
    to_numbers,
    type_numbers,
)

THIEF, CUSTOMER = "load-9001", "load-9002"


async def test_the_customer_reads_of_it_at_once(house: TestHouse) -> None:
    """At the contact that the company has; the message names nobody and no number."""
    await sign_in(house.browser(), THIEF)
    [(kind, notice)] = await notices(house)
    assert kind == "linked_by_invoice"
    assert notice.contact.email == "k100245@brev.example"
    assert set(notice.facts) == {"link", "connected", "provider", "not_me"}


async def test_the_page_says_what_happened_and_what_the_button_does(house: TestHouse) -> None:
    """In the name of the company, with its telephone; nothing happens by looking."""
    await sign_in(house.browser(), THIEF)
    browser = await house.browser().go(await address_in_the_latest(house))
    said = words(browser)
    assert "Var det inte du?" in said
    assert "kopplades till dig hos Elnat" in said
    assert f"klockan {clock(house.clock.now, 'sv')} visade någon" in said
    assert "Den personen loggade in med Google." in said
    assert "ser inget mer om dig inom tio minuter" in said
    assert "08-465 004 00" in said
    await browser.go(f"{browser.url}&lang=en")
    assert "Was it not you?" in words(browser)


async def test_the_thief_is_out_and_cannot_come_back(house: TestHouse) -> None:
    """Signed out everywhere; that invoice, and any other, opens nothing."""
    thief = house.browser()
    answer = await sign_in(thief, THIEF)
    token = (await redeem_for(house, answer["code"]))["access_token"]
    assert (await ask_userinfo(house, token)).status_code == 200

    browser = await say_not_me(house)

    assert "Tack. Åtkomsten är avslutad" in words(browser)
    assert (await ask_userinfo(house, token)).status_code == 401
    await thief.go(authorize_url(prompt="none"))
    assert thief.query["error"] == "login_required"
    other = house.browser()
    await to_numbers(other, "load-9003")
    await type_numbers(other)
    assert page_number(other) == VERIFY


async def test_who_is_refused_reads_what_everybody_reads(house: TestHouse) -> None:
    """The same page as for a number that nobody has."""
    await sign_in(house.browser(), THIEF)
    await say_not_me(house)
    burned = await type_numbers(await to_numbers(house.browser(), "load-9003"))
    unknown = await type_numbers(await to_numbers(house.browser(), "load-9004"), customer="199999")
    assert burned.page.status_code == unknown.page.status_code
    assert words(burned) == words(unknown)


async def test_all_of_it_is_in_the_audit_trail_and_nothing_typed(house: TestHouse) -> None:
    """Ids, and by which way it was said."""
    await sign_in(house.browser(), THIEF)
    await say_not_me(house)
    events = [each.event async for each in house.parts.storage.audit.read()]
    [said] = [each for each in events if each.kind == "not_me"]
    [linked] = [each for each in events if each.kind == "link_created"]
    assert said.facts == {"connection": linked.facts["link"], "said": "by_message", "ended": "yes"}
    assert said.customer == linked.customer
    assert "1007001" not in str(events)
    assert "100245" not in str(events)


async def test_a_helper_with_a_stolen_invoice_is_out_too(house: TestHouse) -> None:
    """Help that an invoice gave is ended by the same button."""
    helper = house.browser()
    answer = await sign_in(helper, THIEF, whose="helping")
    token = (await redeem_for(house, answer["code"]))["access_token"]
    browser = await house.browser().go(await address_in_the_latest(house))
    assert "fick rätt att hjälpa dig" in words(browser)
    await browser.submit(action="/account/not-me")
    assert "Tack. Åtkomsten är avslutad" in words(browser)
    assert (await ask_userinfo(house, token)).status_code == 401
    await to_first_question(helper, THIEF)
    assert page_number(helper) == RECOGNISE


async def test_who_was_connected_before_goes_on_as_always(house: TestHouse) -> None:
    """The customer's own account keeps its link, and its session."""
    customer = house.browser()
    await sign_in(customer, CUSTOMER)
    house.clock.advance(minutes=1)
    await sign_in(house.browser(), THIEF)

    await say_not_me(house)

    answer = await return_to(customer, person=CUSTOMER)
    [entry] = await entries_for(house, answer["code"])
    assert entry["proof"] == "invoice"


async def test_customer_service_lets_invoices_work_again(house: TestHouse) -> None:
    """With a reason. The stolen one stays burned; the customer needs another."""
    from broker.storage.journal import AuditJournal  # noqa: PLC0415
    from broker.wiring.not_me import resumption  # noqa: PLC0415

    await sign_in(house.browser(), THIEF)
    await say_not_me(house)
    storage = house.parts.storage
    desk = resumption(storage, AuditJournal(storage.audit, actor="desk"))
    assert await desk.resume("elnat", "100245", now=house.clock.now, reason="asked by telephone")
    browser = await type_numbers(await to_numbers(house.browser(), CUSTOMER))
    assert page_number(browser) == VERIFY
    events = [each.event async for each in storage.audit.read()]
    assert (events[-1].kind, events[-1].actor) == ("guard_lifted", "desk")
