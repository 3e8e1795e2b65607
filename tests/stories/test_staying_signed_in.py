"""At home I want to stay signed in; at the library I do not."""

import time

from tests.browsing import Browser
from tests.house import TestHouse, authorize_url
from tests.stories.telling import close_and_open_again, in_shared_house, let_pass, words
from tests.walking import CHOOSE, is_at_portal, page_number, somebody_new, type_numbers

DAY = 86400


async def sign_in(browser: Browser, **ticked: str) -> None:
    """A first login with boxes ticked on the choice."""
    await browser.go(authorize_url())
    await browser.submit("google", **ticked)
    await browser.submit(person=somebody_new())
    await browser.submit(action="/flow/new", answer="first")
    await browser.submit(action="/flow/whose", whose="mine")
    await type_numbers(browser)
    await browser.submit(action="/flow/done")


async def is_signed_in(browser: Browser) -> bool:
    """Whether the portal gets me without any page."""
    await browser.go(authorize_url())
    assert is_at_portal(browser) or page_number(browser) == CHOOSE
    return is_at_portal(browser)


def lasting_days(browser: Browser, name: str) -> int | None:
    """How many days a cookie lasts; None: until the browser closes."""
    [cookie] = [c for c in browser.client.cookies.jar if c.name == f"farstu-{name}"]
    if cookie.expires is None:
        return None
    return round((cookie.expires - time.time()) / DAY)


@in_shared_house
async def test_unticked_it_ends_with_the_browser(shared_house: TestHouse) -> None:
    """The cookie lasts until I close the window."""
    browser = shared_house.browser()
    await sign_in(browser)
    assert lasting_days(browser, "session") is None
    close_and_open_again(browser)
    assert not await is_signed_in(browser)


async def test_unticked_it_ends_after_half_an_hour_away(house: TestHouse) -> None:
    """I went for coffee; 29 minutes are fine, 31 are not."""
    browser = house.browser()
    await sign_in(browser)
    let_pass(house, minutes=29)
    assert await is_signed_in(browser)
    let_pass(house, minutes=31)
    assert not await is_signed_in(browser)


async def test_unticked_it_ends_after_a_working_day(house: TestHouse) -> None:
    """However busy I am, after eight hours I sign in again."""
    browser = house.browser()
    await sign_in(browser)
    for _ in range(19):
        let_pass(house, minutes=25)
        assert await is_signed_in(browser)
    let_pass(house, minutes=10)
    assert not await is_signed_in(browser)


async def test_ticked_it_survives_closing_the_browser(house: TestHouse) -> None:
    """The box says for how long, and the cookie lasts just as long."""
    browser = house.browser()
    await browser.go(authorize_url())
    assert "I högst 90 dagar, eller tills du inte har varit här på 30 dagar." in words(browser)
    await sign_in(browser, stay="yes")
    assert lasting_days(browser, "session") == 90
    close_and_open_again(browser)
    let_pass(house, days=29)
    assert await is_signed_in(browser)


async def test_ticked_it_ends_after_a_month_away(house: TestHouse) -> None:
    """Thirty days without a visit end it."""
    browser = house.browser()
    await sign_in(browser, stay="yes")
    let_pass(house, days=31)
    assert not await is_signed_in(browser)


async def test_ticked_it_ends_after_ninety_days_all_the_same(house: TestHouse) -> None:
    """However often I come."""
    browser = house.browser()
    await sign_in(browser, stay="yes")
    for _ in range(4):
        let_pass(house, days=22)
        assert await is_signed_in(browser)
    let_pass(house, days=3)
    assert not await is_signed_in(browser)


@in_shared_house
async def test_my_choice_is_remembered_only_if_i_tick_it(shared_house: TestHouse) -> None:
    """Without the tick there is no cookie about where I came from."""
    browser = shared_house.browser()
    await sign_in(browser)
    assert "farstu-last" not in {c.name for c in browser.client.cookies.jar}
    close_and_open_again(browser)
    await browser.go(authorize_url())
    assert "Senast på den här enheten" not in words(browser)


@in_shared_house
async def test_ticked_my_provider_stands_first_next_time(shared_house: TestHouse) -> None:
    """Marked as last used, before the others, for 180 days; the box is ticked already."""
    browser = shared_house.browser()
    await sign_in(browser, remember="yes")
    assert lasting_days(browser, "last") == 180
    close_and_open_again(browser)

    await browser.go(authorize_url())

    assert "Senast på den här enheten" in words(browser)
    form = browser.forms[0]
    assert form.buttons[0] == ("provider", "google")
    assert form.fields["remember"] == "yes"


@in_shared_house
async def test_unticking_it_forgets(shared_house: TestHouse) -> None:
    """The box is how I take it back."""
    browser = shared_house.browser()
    await sign_in(browser, remember="yes")
    close_and_open_again(browser)
    await browser.go(authorize_url())
    await browser.submit("google", remember="")

    assert "farstu-last" not in {c.name for c in browser.client.cookies.jar}
