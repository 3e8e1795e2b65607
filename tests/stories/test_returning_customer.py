"""I have been here before, and want to get in without thinking."""

from tests.house import TestHouse, authorize_url
from tests.stories.telling import (
    close_and_open_again,
    entries_for,
    in_shared_house,
    let_pass,
    return_to,
)
from tests.walking import RECOGNISE, page_number, sign_in, somebody_new


async def test_the_next_morning_one_click_is_enough(house: TestHouse) -> None:
    """My session is over, but nobody asks for numbers again."""
    browser, me = house.browser(), somebody_new()
    await sign_in(browser, me)
    close_and_open_again(browser)
    let_pass(house, hours=20)

    answer = await return_to(browser, person=me)

    assert [e["customer_number"] for e in await entries_for(house, answer["code"])] == ["100245"]


@in_shared_house
async def test_on_my_new_phone_i_only_sign_in(shared_house: TestHouse) -> None:
    """What I proved belongs to my account, not to the computer I proved it on."""
    me = somebody_new()
    await sign_in(shared_house.browser(), me)

    assert "code" in await return_to(shared_house.browser(), person=me)


async def test_my_other_account_is_somebody_else_until_it_is_connected(house: TestHouse) -> None:
    """The same e-mail address at another provider opens nothing; my two numbers do."""
    await sign_in(house.browser(), "gunnel", provider="microsoft")
    browser = house.browser()
    await browser.go(authorize_url())
    await browser.submit("google")
    await browser.submit(person="karin")
    assert page_number(browser) == RECOGNISE


@in_shared_house
async def test_my_wife_connects_the_same_customer_with_her_account(shared_house: TestHouse) -> None:
    """A true pair always links, whoever is linked already, and I keep what I have."""
    me, wife = somebody_new(), somebody_new()
    await sign_in(shared_house.browser(), me)
    hers = await sign_in(shared_house.browser(), wife)
    mine = await return_to(shared_house.browser(), person=me)

    [my_entry] = await entries_for(shared_house, mine["code"])
    [her_entry] = await entries_for(shared_house, hers["code"])
    assert my_entry["customer"] == her_entry["customer"]
    assert her_entry["relation"] == "holder"
