"""I have more than one tab open, and press buttons twice."""

import asyncio

from tests.house import PORTAL, TestHouse, authorize_url
from tests.stories.telling import another_tab, in_shared_house, words
from tests.stories.test_no_invoice_at_hand import ask, enter, sent, to_code
from tests.walking import (
    CHOOSE,
    EXPIRED,
    is_at_portal,
    page_number,
    sign_in,
    somebody_new,
    to_numbers,
    type_numbers,
)

DONE = 6


@in_shared_house
async def test_two_tabs_at_once_each_get_their_own_answer(shared_house: TestHouse) -> None:
    """Begun one after the other, finished crosswise; no tab takes the other's answer."""
    first, me = shared_house.browser(), somebody_new()
    second = another_tab(shared_house, first)
    await to_numbers(first, me, state="first-tab")
    await second.go(authorize_url(state="second-tab"))
    assert page_number(second) == CHOOSE

    await type_numbers(first)
    await second.submit("google")
    assert second.query["state"] == "second-tab"
    await first.submit(action="/flow/done")

    assert first.query["state"] == "first-tab"
    assert "code" in first.query
    assert "code" in second.query
    assert first.query["code"] != second.query["code"]


async def test_the_oldest_of_four_tabs_gives_way_kindly(house: TestHouse) -> None:
    """Three logins fit the browser; the fourth takes the oldest's place, which can start anew."""
    tabs = [house.browser()]
    tabs += [another_tab(house, tabs[0]) for _ in range(3)]
    for number, tab in enumerate(tabs):
        await tab.go(authorize_url(state=f"tab-{number}"))
        house.clock.advance(seconds=1)

    await tabs[0].submit("google")
    assert page_number(tabs[0]) == EXPIRED
    assert f"{PORTAL}/login" in tabs[0].links

    await tabs[1].submit("google")
    assert tabs[1].path.startswith("/google")


@in_shared_house
async def test_i_press_the_button_twice(shared_house: TestHouse) -> None:
    """Both presses lead to the same good end: nobody sees an error, one customer is connected."""
    first = shared_house.browser()
    await to_numbers(first)
    second = another_tab(shared_house, first)
    second.url, second.page = first.url, first.page

    await asyncio.gather(type_numbers(first), type_numbers(second))

    assert (page_number(first), page_number(second)) == (DONE, DONE)
    await asyncio.gather(first.submit(action="/flow/done"), second.submit(action="/flow/done"))
    ends = [first, second]
    assert any("code" in tab.query for tab in ends)
    assert all(is_at_portal(tab) or f"{PORTAL}/login" in tab.links for tab in ends)


@in_shared_house
async def test_i_press_it_twice_after_many_failures(shared_house: TestHouse) -> None:
    """The second press finds the first one counted, and must not show a wait for a success."""
    first = shared_house.browser()
    await to_numbers(first)
    for n in range(5):
        await type_numbers(first, invoice=f"888800{n}")
    second = another_tab(shared_house, first)
    second.url, second.page = first.url, first.page

    await asyncio.gather(type_numbers(first), type_numbers(second))

    assert (page_number(first), page_number(second)) == (DONE, DONE)


async def test_i_send_my_code_twice(house: TestHouse) -> None:
    """Both presses are one success, and none of them counts against me."""
    first = await ask(await to_code(house.browser()))
    (message,) = await sent(house)
    second = another_tab(house, first)
    second.url, second.page = first.url, first.page

    await asyncio.gather(*(enter(tab, message["code"]) for tab in (first, second)))

    assert (page_number(first), page_number(second)) == (DONE, DONE)
    tries, now = house.parts.storage.tries, house.clock()
    who = [each async for each in tries.remembered(now=now)]
    assert [(await tries.own(each, now=now)).failures for each in who] == [0]
    assert (await tries.of_everybody(now=now)).of_all == 0


@in_shared_house
async def test_one_tab_finishes_and_the_other_goes_on(shared_house: TestHouse) -> None:
    """The second tab of the same login finds out that all is done, and leads back in."""
    first = shared_house.browser()
    await to_numbers(first)
    second = another_tab(shared_house, first)
    second.url, second.page = first.url, first.page
    await type_numbers(first)
    await first.submit(action="/flow/done")
    assert "code" in first.query

    await type_numbers(second)

    assert "Det steget är redan gjort" in words(second)
    assert f"{PORTAL}/login" in second.links


@in_shared_house
async def test_signed_in_in_one_tab_i_am_in_the_other_too(shared_house: TestHouse) -> None:
    """A tab that still shows the choice goes straight through when it is reloaded."""
    first = shared_house.browser()
    waiting = another_tab(shared_house, first)
    await waiting.go(authorize_url(state="waiting"))
    await sign_in(first)

    await waiting.go(waiting.url)

    assert waiting.query["state"] == "waiting"
    assert "code" in waiting.query
