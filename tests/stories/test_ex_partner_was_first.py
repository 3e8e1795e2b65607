"""The ex-partner who linked first: the customer gets in all the same, and each hears of it."""

from linking.model import Proof
from tests.house import TestHouse, authorize_url, first_login
from tests.stories.messages import notices, say_not_me
from tests.stories.telling import entries_for, words
from tests.walking import NEWCOMER, is_at_portal, page_number, sign_in, to_provider

EX, CUSTOMER, THIRD = "load-9001", "load-9002", "load-9003"
ENDED, PASSED_ON = 18, 19


async def both(house: TestHouse) -> None:
    """The ex-partner is connected; then the customer, with an invoice of their own."""
    await sign_in(house.browser(), EX)
    house.clock.advance(days=1)
    await sign_in(house.browser(), CUSTOMER)


async def test_the_customer_is_not_kept_out(house: TestHouse) -> None:
    """A true pair always links; both are connected, and the contact has read of both."""
    await both(house)
    assert [kind for kind, _ in await notices(house)] == ["linked_by_invoice"] * 2


async def test_who_was_first_is_told_once(house: TestHouse) -> None:
    """When, in what way, and what to do; not who. The next time nothing is said."""
    await both(house)
    browser = await to_provider(house.browser())
    await browser.submit(person=EX)
    assert page_number(browser) == NEWCOMER
    said = words(browser)
    assert "Någon annan har kopplats till ditt kundnummer" in said
    assert "Med kundnumret och en faktura" in said
    assert "@" not in said

    await browser.submit("seen")
    assert is_at_portal(browser)
    again = await to_provider(house.browser())
    await again.submit(person=EX)
    assert is_at_portal(again)


async def test_the_newcomer_is_told_of_nobody(house: TestHouse) -> None:
    """They read the notice of their own link; who was there before is the contact's to know."""
    await both(house)
    browser = await to_provider(house.browser())
    await browser.submit(person=CUSTOMER)
    assert is_at_portal(browser)


async def test_a_silent_sign_in_is_not_held_up_and_uses_nothing_up(house: TestHouse) -> None:
    """`prompt=none` answers as always; the page comes the next time that there is one."""
    ex = house.browser()
    await sign_in(ex, EX)
    await sign_in(house.browser(), CUSTOMER)
    await ex.go(authorize_url(prompt="none"))
    assert "code" in ex.query
    await ex.go(authorize_url())
    assert page_number(ex) == NEWCOMER


async def test_the_ex_partner_cannot_throw_the_customer_out(house: TestHouse) -> None:
    """Both came with an invoice: the button ends nothing, and the contact is told once more."""
    await both(house)
    mine = await to_provider(house.browser())
    await mine.submit(person=EX)
    assert "Du kom också in med en faktura" in words(mine)

    await mine.submit("unknown")

    assert page_number(mine) == PASSED_ON
    assert "Inget har ändrats än" in words(mine)
    assert "08-465 004 00" in words(mine)
    await mine.submit(action="/flow/done")
    assert is_at_portal(mine)
    customer = await to_provider(house.browser())
    await customer.submit(person=CUSTOMER)
    assert is_at_portal(customer)
    assert len(await entries_for(house, customer.query["code"])) == 1
    assert await house.parts.storage.guards.since("elnat", "100245") is None
    assert [kind for kind, _ in await notices(house)] == ["linked_by_invoice"] * 3


async def test_a_thief_with_two_accounts_keeps_nobody_out(house: TestHouse) -> None:
    """One found invoice: the customer's own connects them as before."""
    await sign_in(house.browser(), EX)
    await sign_in(house.browser(), THIRD)
    thief = await to_provider(house.browser())
    await thief.submit(person=EX)
    await thief.submit("unknown")
    await sign_in(house.browser(), CUSTOMER)


async def test_the_contact_ends_it_with_the_second_message(house: TestHouse) -> None:
    """The one that the button sent: the newcomer is out, and invoices connect nobody."""
    await sign_in(house.browser(), CUSTOMER)
    thief = house.browser()
    await sign_in(thief, THIRD)
    mine = await to_provider(house.browser())
    await mine.submit(person=CUSTOMER)
    house.clock.advance(minutes=1)  # messages of one moment have no order
    await mine.submit("unknown")

    await say_not_me(house)

    await thief.go(authorize_url(prompt="none"))
    assert thief.query["error"] == "login_required"
    assert await house.parts.storage.guards.since("elnat", "100245") is not None


async def test_whom_a_code_has_shown_ends_it_at_once(house: TestHouse) -> None:
    """The newcomer is out, one's own access stays, and invoices go on as before."""
    await sign_in(house.browser(), CUSTOMER)
    [link] = await house.parts.storage.links.of_customers("elnat", ["100245"])
    await house.parts.storage.links.strengthen(link.id, Proof.CODE)
    thief = house.browser()
    await sign_in(thief, THIRD)
    mine = await to_provider(house.browser())
    await mine.submit(person=CUSTOMER)
    assert "så upphör den andras åtkomst inom tio minuter" in words(mine)

    await mine.submit("unknown")

    assert page_number(mine) == ENDED
    assert "Den andras åtkomst är avslutad" in words(mine)
    await mine.submit(action="/flow/done")
    assert is_at_portal(mine)
    assert len(await entries_for(house, mine.query["code"])) == 1
    await thief.go(authorize_url(prompt="none"))
    assert thief.query["error"] == "login_required"
    assert await house.parts.storage.guards.since("elnat", "100245") is None


async def test_said_no_to_by_the_contact_there_is_nothing_left_to_tell(house: TestHouse) -> None:
    """The newcomer has gone before the other signs in."""
    await both(house)
    await say_not_me(house)
    browser = await to_provider(house.browser())
    await browser.submit(person=EX)
    assert is_at_portal(browser)


async def test_a_portal_of_another_company_tells_nothing(house: TestHouse) -> None:
    """What concerns one company's customer is no news at a sister company; it waits."""
    ex = house.browser()
    await sign_in(ex, "eva")
    await first_login(
        house.browser(), client_id="retail", person="eva", customer="200245", invoice="2007001"
    )
    await sign_in(house.browser(), CUSTOMER)
    await ex.go(authorize_url("retail"))
    assert is_at_portal(ex)
    await ex.go(authorize_url())
    assert page_number(ex) == NEWCOMER
