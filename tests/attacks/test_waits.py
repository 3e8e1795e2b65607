"""Requirement 100: own failures make one identity wait, shortly, durably; nobody is locked out."""

import asyncio
from datetime import timedelta

import pytest

from broker.flow.turns import AT_MOST
from tests.browsing import Browser
from tests.house import TestHouse
from tests.walking import (
    VERIFY,
    WAIT,
    page_number,
    somebody_new,
    to_numbers,
    type_numbers,
)

FREE = 5
BUSY, BUSY_PAGE = 503, 29


async def _fail(browser: Browser, times: int) -> None:
    for n in range(times):
        await type_numbers(browser, "100245", f"10090{n:02d}")


async def test_five_failures_are_free(house: TestHouse) -> None:
    """The form comes back each time, without a wait; then a stated one begins."""
    browser = await to_numbers(house.browser())
    for n in range(FREE):
        await type_numbers(browser, "100245", f"10080{n:02d}")
        assert (browser.page.status_code, page_number(browser)) == (422, VERIFY)
    await _fail(browser, 1)
    assert (browser.page.status_code, page_number(browser)) == (422, VERIFY)
    await type_numbers(browser, "100245", "1009999")
    assert (browser.page.status_code, page_number(browser)) == (429, WAIT)
    assert 1 <= int(browser.page.headers["retry-after"]) <= 30


async def test_a_right_pair_during_the_wait_is_not_judged(house: TestHouse) -> None:
    """And is right after it: nothing was counted meanwhile."""
    browser = await to_numbers(house.browser())
    await _fail(browser, FREE + 1)
    for _ in range(10):
        await type_numbers(browser)
        assert page_number(browser) == WAIT
    house.clock.advance(seconds=31)
    await type_numbers(browser)
    assert browser.path == "/flow/done"


async def test_somebody_else_is_not_affected(house: TestHouse) -> None:
    """The same customer, another identity, in the middle of the first one's wait."""
    attacker = await to_numbers(house.browser())
    await _fail(attacker, FREE + 2)
    assert page_number(attacker) == WAIT
    customer = await to_numbers(house.browser())
    await type_numbers(customer)
    assert customer.path == "/flow/done"


@pytest.mark.parametrize("client_id", ["portal", "retail"])
async def test_a_wait_survives_a_new_login(house: TestHouse, client_id: str) -> None:
    """Another browser, another portal: the identity is the same."""
    person = somebody_new()
    await _fail(await to_numbers(house.browser(), person), FREE + 1)
    again = await to_numbers(house.browser(), person, client_id=client_id)
    await type_numbers(again)
    assert page_number(again) == WAIT


async def test_waits_grow_and_end(house: TestHouse) -> None:
    """30 seconds five times, 2 minutes five times, then 10 minutes, never more."""
    browser = await to_numbers(house.browser())
    await _fail(browser, FREE)
    seen = []
    for n in range(14):
        await type_numbers(browser, "100245", f"10070{n:02d}9")
        await type_numbers(browser, "100245", "1009999")
        seconds = int(browser.page.headers["retry-after"])
        seen.append(seconds)
        house.clock.advance(seconds=seconds)
    assert seen == [30] * 5 + [120] * 5 + [600] * 4


async def test_mistypes_that_cannot_be_looked_up_are_not_counted(house: TestHouse) -> None:
    """An empty field costs no try."""
    browser = await to_numbers(house.browser())
    for _ in range(FREE + 5):
        await type_numbers(browser, "", "")
    await type_numbers(browser)
    assert browser.path == "/flow/done"


async def test_parallel_tries_are_all_counted(house: TestHouse) -> None:
    """Twenty at once are not twenty free ones, though what was shed is sent again."""
    browser = await to_numbers(house.browser())
    form = browser.forms[-1].fields
    url = browser.url.partition("?")[0]

    async def post(number: int) -> int:
        typed = {"customer_number": "100245", "invoice_number": f"10060{number:02d}"}
        answer = await browser.client.post(url, data={**form, **typed})
        assert answer.status_code != BUSY or answer.headers["retry-after"]
        return answer.status_code

    first = await asyncio.gather(*map(post, range(20)))
    assert first.count(422) == AT_MOST
    assert first.count(BUSY) == 20 - AT_MOST
    later = [await post(number) for number in range(20 - AT_MOST)]
    assert first.count(422) + later.count(422) == FREE + 1
    assert later.count(429) == len(later) - later.count(422)
    house.clock.now += timedelta(seconds=31)
    assert (await type_numbers(browser)).path == "/flow/done"


async def test_a_crowd_of_one_account_is_shed_for_it_alone(house: TestHouse) -> None:
    """It gets the page that says so, and nothing is counted; another account is judged."""
    crowd, other = await to_numbers(house.browser()), await to_numbers(house.browser())
    form, url = crowd.forms[-1].fields, crowd.url.partition("?")[0]
    typed = {**form, "customer_number": "100245", "invoice_number": "1006000"}
    posts = [crowd.client.post(url, data=typed) for _ in range(50)]
    *answers, _ = await asyncio.gather(*posts, type_numbers(other))
    assert other.path == "/flow/done"
    shed = [each for each in answers if each.status_code == BUSY]
    assert len(shed) == 50 - AT_MOST
    assert {page_number(each) for each in shed} == {BUSY_PAGE}
    assert (await house.parts.storage.tries.of_everybody(now=house.clock())).of_all == AT_MOST
