"""Life goes on in the customer register, and the sign-in follows."""

from broker.registers.importing import Imported, Mode
from broker.registers.taking_back import TakingBack
from tests.house import TestHouse, authorize_url, register_csv
from tests.registering import import_register
from tests.stories.messages import notices, say_not_me
from tests.stories.telling import entries_for, let_pass, return_to
from tests.walking import (
    CHOOSE,
    RECOGNISE,
    ask_userinfo,
    page_number,
    sign_in,
    somebody_new,
    to_numbers,
    tokens_of,
    type_numbers,
)

UNAUTHORIZED = 401
DONE = 6


async def becomes(house: TestHouse, change: str) -> Imported:
    """The register says something else of customer 100245 from now on."""
    customers, invoices = register_csv(house.clock)
    before = "elnat;100245;private;active;k100245@brev.example;0701740605;0"
    assert before in customers
    outcome = await import_register(
        house.parts, customers.replace(before, change), invoices, mode=Mode(force=True)
    )
    assert isinstance(outcome, Imported)
    return outcome


async def dies(house: TestHouse) -> Imported:
    """The customer is marked as deceased."""
    return await becomes(house, "elnat;100245;private;deceased;k100245@brev.example;0701740605;0")


async def take_back(house: TestHouse) -> None:
    """The latest import is taken back."""
    storage = house.parts.storage
    taking = TakingBack(storage.index, storage.transaction, storage.audit, house.clock)
    assert await taking.run("elnat") is not None


async def test_when_a_customer_has_died_whoever_is_signed_in_is_not_any_more(
    house: TestHouse,
) -> None:
    """The session and its tokens end with the import; signing in anew shows nothing."""
    browser, me = house.browser(), somebody_new()
    tokens = await tokens_of(house, browser, me)

    outcome = await dies(house)

    assert sum(company.sessions_ended for company in outcome.companies) == 1
    refused = await ask_userinfo(house, tokens["access_token"])
    assert refused.status_code == UNAUTHORIZED
    await browser.go(authorize_url())
    assert page_number(browser) == CHOOSE
    await return_to(browser, person=me)
    assert page_number(browser) == RECOGNISE


async def test_the_clerk_marked_the_wrong_person(house: TestHouse) -> None:
    """Taken back, the customer is there as before, without any numbers; sessions stay ended."""
    browser, me = house.browser(), somebody_new()
    await sign_in(browser, me)
    await dies(house)

    await take_back(house)

    await browser.go(authorize_url())
    assert page_number(browser) == CHOOSE
    answer = await return_to(house.browser(), person=me)
    assert len(await entries_for(house, answer["code"])) == 1


async def test_a_protected_identity_hides_the_customer_at_once(house: TestHouse) -> None:
    """Newly protected: whoever was signed in is not, and the link shows nothing."""
    browser, me = house.browser(), somebody_new()
    await sign_in(browser, me)
    await becomes(house, "elnat;100245;private;active;k100245@brev.example;0701740605;1")
    await return_to(browser, person=me)
    assert page_number(browser) == RECOGNISE


async def test_i_moved_out_and_read_my_old_invoices_for_eighteen_months(
    house: TestHouse,
) -> None:
    """A closed customer stays readable, then ends by itself."""
    me = somebody_new()
    await sign_in(house.browser(), me)
    await becomes(house, "elnat;100245;private;closed;k100245@brev.example;0701740605;0")

    let_pass(house, days=17 * 30)
    answer = await return_to(house.browser(), person=me)
    [entry] = await entries_for(house, answer["code"])
    assert entry["actions"] == ["invoices:read"]

    let_pass(house, days=60)
    browser = house.browser()
    await return_to(browser, person=me)
    assert page_number(browser) == RECOGNISE


async def test_a_row_that_is_missing_takes_nothing_from_me(house: TestHouse) -> None:
    """An export that forgot me does not throw me out."""
    browser, me = house.browser(), somebody_new()
    await sign_in(browser, me)
    customers, invoices = register_csv(house.clock)
    kept = "\n".join(line for line in customers.splitlines() if ";100245;" not in line)
    mine = "\n".join(line for line in invoices.splitlines() if ";100245;" not in line)
    await import_register(house.parts, kept + "\n", mine + "\n", mode=Mode(force=True))

    await browser.go(authorize_url())

    assert "code" in browser.query


async def test_my_first_invoice_has_come(house: TestHouse) -> None:
    """What did not fit yesterday does after the night's import, without starting over."""
    browser = house.browser()
    await to_numbers(browser)
    await type_numbers(browser, "100245", "1008001")
    customers, invoices = register_csv(house.clock)
    today = house.clock.now.date().isoformat()
    new = f"elnat;100245;1008001;;{today};{today};99,00;invoice\n"
    await import_register(house.parts, customers, invoices + new)

    await type_numbers(browser, "100245", "1008001")

    assert page_number(browser) == DONE


HANDED_OVER = "1009999"


async def passes_on(house: TestHouse) -> None:
    """The number has somebody else from today on, with an invoice and a contact of their own."""
    customers, invoices = register_csv(house.clock)
    today = house.clock.now.date().isoformat()
    head, *rows = customers.replace("k100245@", "ny@").splitlines()
    rows = [row + (f";;{today}" if row.startswith("elnat;100245;") else ";;") for row in rows]
    both = "\n".join([f"{head};name;evidence_from", *rows]) + "\n"
    more = f"elnat;100245;{HANDED_OVER};;{today};{today};99,00;invoice\n"
    await import_register(house.parts, both, invoices + more)


async def test_a_number_that_passes_on_leaves_nothing_to_whoever_had_it(house: TestHouse) -> None:
    """They are asked anew who they are, as if they had never been here."""
    me = somebody_new()
    await sign_in(house.browser(), me)
    let_pass(house, days=5)
    await passes_on(house)
    browser = house.browser()
    await return_to(browser, person=me)
    assert page_number(browser) == RECOGNISE


async def test_whoever_has_the_number_now_comes_in_and_the_guard_is_not_theirs(
    house: TestHouse,
) -> None:
    """Somebody before them said "this was not me"."""
    await sign_in(house.browser(), somebody_new())
    await say_not_me(house)
    let_pass(house, days=5)
    await passes_on(house)
    browser = await to_numbers(house.browser())
    await type_numbers(browser, "100245", HANDED_OVER)
    assert page_number(browser) == DONE


async def test_two_changes_of_a_contact_do_not_hide_the_first(house: TestHouse) -> None:
    """Whoever was there before both is told, and can say no; whoever came with them cannot."""
    for email in ("first@brev.example", "second@brev.example"):
        await becomes(house, f"elnat;100245;private;active;{email};0709999999;0")
        let_pass(house, days=1)
    await sign_in(house.browser(), somebody_new())
    told = {notice.contact.email: "not_me" in notice.facts for _, notice in await notices(house)}
    assert told == {"second@brev.example": False, "k100245@brev.example": True}
