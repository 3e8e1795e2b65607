"""My eyes are not what they were, and I get the numbers wrong many times."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.browsing import Browser
from tests.house import TestHouse
from tests.stories.telling import in_shared_house, let_pass, words
from tests.walking import VERIFY, WAIT, page_number, somebody_new, to_numbers, type_numbers

TOO_MANY_REQUESTS, UNPROCESSABLE = 429, 422
DONE = 6
FREE = 6
"""The sixth failure is the first that brings a wait."""


async def fail(browser: Browser, times: int) -> None:
    """Type wrong numbers so many times."""
    for number in range(times):
        await type_numbers(browser, "100245", str(1009000 + number))


async def test_after_some_failures_i_wait_a_stated_time(house: TestHouse) -> None:
    """The page says until when by the clock on my wall, and what to do meanwhile."""
    browser = house.browser()
    await to_numbers(browser)
    await fail(browser, FREE)
    assert page_number(browser) == VERIFY

    await type_numbers(browser)

    assert browser.page.status_code == TOO_MANY_REQUESTS
    assert browser.page.headers["retry-after"] == "30"
    assert page_number(browser) == WAIT
    end = house.clock.now + timedelta(seconds=30)
    full = end + timedelta(seconds=-end.timestamp() % 1)
    said = words(browser)
    assert f"{full.astimezone(ZoneInfo('Europe/Stockholm')):%H.%M.%S}" in said
    assert "Du är inte utelåst" in said


async def test_the_failure_that_begins_a_wait_says_so(house: TestHouse) -> None:
    """I need not fill in everything again to learn of it; before it, I may try again."""
    browser = house.browser()
    await to_numbers(browser)
    await fail(browser, FREE - 1)
    assert "du kan försöka igen" in words(browser)
    assert "tar vi en paus" not in words(browser)

    await fail(browser, 1)

    assert browser.page.status_code == UNPROCESSABLE
    assert "Du kan försöka igen om 30 sekunder" in words(browser)
    assert "tar vi en paus" in words(browser)
    assert "du kan försöka igen" not in words(browser)
    assert "Om du ringer oss, säg det här numret" in words(browser)
    await browser.submit(action="/flow/verify")
    assert "Det du fyllde i finns kvar." in words(browser)


async def test_what_i_typed_waits_with_me(house: TestHouse) -> None:
    """The numbers are still in their fields, and when the time has come they are right."""
    browser = house.browser()
    await to_numbers(browser)
    await fail(browser, FREE)
    await type_numbers(browser)
    form = next(f for f in browser.forms if "customer_number" in f.names)
    assert form.fields["invoice_number"] == "1007001"

    let_pass(house, seconds=60)
    await browser.submit(action="/flow/verify")

    assert page_number(browser) == DONE


@in_shared_house
async def test_the_right_numbers_too_early_are_not_judged(shared_house: TestHouse) -> None:
    """During the wait nothing is looked at, and nothing makes the wait longer."""
    browser = shared_house.browser()
    await to_numbers(browser)
    await fail(browser, FREE)
    for _ in range(5):
        await type_numbers(browser)
        assert browser.page.headers["retry-after"] == "30"
    assert "Det du fyllde i finns kvar." in words(browser)


async def test_the_stated_time_is_never_too_early(house: TestHouse) -> None:
    """Whoever tries at the second that the page names gets a try; a blink before, none."""
    house.clock.now = house.clock.now.replace(microsecond=300_000)
    browser = house.browser()
    await to_numbers(browser)
    await fail(browser, FREE)
    await type_numbers(browser)
    stated = datetime.fromisoformat(browser.text.partition('<time datetime="')[2].partition('"')[0])
    assert stated.microsecond == 0

    house.clock.now = stated - timedelta(milliseconds=701)
    await type_numbers(browser)
    assert page_number(browser) == WAIT

    house.clock.now = stated
    await type_numbers(browser)

    assert page_number(browser) == DONE


@in_shared_house
async def test_a_new_browser_does_not_shorten_the_wait(shared_house: TestHouse) -> None:
    """The wait belongs to my account."""
    me = somebody_new()
    browser = shared_house.browser()
    await to_numbers(browser, me)
    await fail(browser, FREE)

    other = shared_house.browser()
    await to_numbers(other, me)
    await type_numbers(other)

    assert page_number(other) == WAIT


@in_shared_house
async def test_nobody_waits_for_my_mistakes(shared_house: TestHouse) -> None:
    """The customer whose number I tried gets in at once."""
    browser = shared_house.browser()
    await to_numbers(browser)
    await fail(browser, FREE)
    await type_numbers(browser)
    assert page_number(browser) == WAIT

    neighbour = shared_house.browser()
    await to_numbers(neighbour)
    await type_numbers(neighbour)

    assert page_number(neighbour) == DONE
