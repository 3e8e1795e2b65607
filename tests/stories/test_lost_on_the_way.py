"""I went back, I waited too long, I bookmarked it, my browser is odd."""

from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2
import pytest

from tests.browsing import Browser
from tests.house import ISSUER, PORTAL, TestHouse, authorize_url
from tests.stories.telling import in_shared_house, words
from tests.walking import (
    ALREADY_DONE,
    BAD_CLIENT,
    CHOOSE,
    COOKIES_OFF,
    DIRECT,
    EXPIRED,
    IN_APP,
    RECOGNISE,
    WHOSE,
    page_number,
    to_numbers,
    to_provider,
    type_numbers,
)

START = f"{PORTAL}/login"


@in_shared_house
async def test_back_after_everything_was_finished(shared_house: TestHouse) -> None:
    """The old page says that it is done, and leads to the portal."""
    browser = shared_house.browser()
    await to_numbers(browser)
    numbers = browser.url
    await type_numbers(browser)
    await browser.submit(action="/flow/done")

    await browser.go(numbers)

    assert page_number(browser) == ALREADY_DONE
    assert START in browser.links


async def test_back_to_the_choice_after_the_provider(house: TestHouse) -> None:
    """The page offers to go on where I was, and does."""
    browser = house.browser()
    await browser.go(authorize_url())
    choice = browser.url
    await browser.submit("google")
    await browser.submit(person="karin")

    await browser.go(choice)
    assert page_number(browser) == ALREADY_DONE
    onward = next(link for link in browser.links if link.startswith(f"{ISSUER}/flow?"))
    await browser.go(onward)

    assert "Vi känner inte igen den här inloggningen än" in words(browser)


@in_shared_house
async def test_back_one_step_and_another_answer(shared_house: TestHouse) -> None:
    """From the numbers to whose they are, and the other answer holds."""
    browser = shared_house.browser()
    await to_numbers(browser, whose="mine")
    back = next(link for link in browser.links if "/flow/whose" in link)
    await browser.go(back)
    assert page_number(browser) == WHOSE
    await browser.submit(action="/flow/whose", whose="helping")
    await type_numbers(browser)
    assert "Nu kan du hjälpa till" in words(browser)


async def test_back_to_the_provider_and_through_again(house: TestHouse) -> None:
    """The used answer of the provider is no error: the login goes on from where it is."""
    browser = house.browser()
    await to_provider(browser)
    await browser.submit(person="karin")
    callback = next(hop for hop in browser.hops if "/callback/" in hop)

    await browser.go(callback)
    assert page_number(browser) == ALREADY_DONE
    onward = next(link for link in browser.links if link.startswith(f"{ISSUER}/flow?"))
    await browser.go(onward)

    assert page_number(browser) == RECOGNISE


async def test_i_looked_for_the_invoice_for_more_than_an_hour(house: TestHouse) -> None:
    """The page has expired; one button begins anew at the portal."""
    browser = house.browser()
    await to_numbers(browser)
    house.clock.advance(minutes=61)

    await type_numbers(browser)

    assert page_number(browser) == EXPIRED
    assert "Inget har gått förlorat." in words(browser)
    assert START in browser.links
    assert "Elnat" in words(browser)


async def test_i_made_a_new_account_for_more_than_an_hour(house: TestHouse) -> None:
    """Back from the provider too late, the page knows which portal I was going to."""
    browser = house.browser()
    await to_provider(browser)
    house.clock.advance(minutes=61)
    await browser.submit(person="karin")
    assert page_number(browser) == EXPIRED
    assert START in browser.links


async def test_fifty_nine_minutes_are_fine(house: TestHouse) -> None:
    """People make a Microsoft account on the way."""
    browser = house.browser()
    await to_numbers(browser)
    house.clock.advance(minutes=59)
    await type_numbers(browser)
    assert "Klart!" in words(browser)


@pytest.mark.parametrize("path", ["/flow", "/flow/choose", "/flow/verify", "/flow/verify?t=abc"])
@in_shared_house
async def test_i_bookmarked_the_sign_in(shared_house: TestHouse, path: str) -> None:
    """A kind page shows the doors of all portals."""
    browser = await shared_house.browser().go(f"{ISSUER}{path}")
    assert page_number(browser) == DIRECT
    assert "Mina sidor elnat" in words(browser)
    assert PORTAL in browser.links


async def test_an_old_bookmark_of_a_step_still_finds_its_portal(house: TestHouse) -> None:
    """Days later the address says no more than which portal it was for."""
    browser = house.browser()
    await to_numbers(browser)
    bookmark = browser.url
    house.clock.advance(days=3)
    await browser.go(bookmark)
    assert page_number(browser) == EXPIRED
    assert START in browser.links


async def test_my_browser_takes_no_cookies(house: TestHouse) -> None:
    """The page says what to do, naming our address; nothing loops."""
    browser = house.browser()
    nothing = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    browser.client = httpx2.AsyncClient(transport=house.town, cookies=nothing)

    await browser.go(authorize_url())

    assert page_number(browser) == COOKIES_OFF
    assert "Tillåt kakor för localhost:8000." in words(browser)
    assert START in browser.links


@pytest.mark.parametrize(
    "agent",
    ["Mozilla/5.0 (iPhone) [FBAN/FBIOS;FBAV/400.0]", "Mozilla/5.0 (Linux; Android 14; wv) Chrome"],
)
@in_shared_house
async def test_i_opened_the_link_inside_another_app(shared_house: TestHouse, agent: str) -> None:
    """The choice says that another browser may be needed; Google would refuse, so I am told how."""
    browser = shared_house.browser()
    browser.client.headers["user-agent"] = agent
    await browser.go(authorize_url())
    assert page_number(browser) == CHOOSE
    assert "Det ser ut som om du har öppnat sidan inne i en annan app." in words(browser)
    await browser.submit("google")
    assert page_number(browser) == IN_APP
    assert "Google tillåter inte inloggning inne i andra appar" in words(browser)
    await browser.submit("google")
    assert browser.path.startswith("/google")


@in_shared_house
async def test_other_ways_work_inside_another_app(shared_house: TestHouse) -> None:
    """Only Google refuses: nobody else is held up."""
    browser = shared_house.browser()
    browser.client.headers["user-agent"] = "Mozilla/5.0 (iPhone) [FBAN/FBIOS;FBAV/400.0]"
    await browser.go(authorize_url())
    await browser.submit("facebook")
    assert browser.path.startswith("/facebook")


@in_shared_house
async def test_an_ordinary_browser_hears_nothing_about_apps(shared_house: TestHouse) -> None:
    """Advice only for those who may need it."""
    browser = await shared_house.browser().go(authorize_url())
    assert "inne i en annan app" not in words(browser)


@pytest.mark.parametrize(
    "change", [{"client_id": "nobody"}, {"redirect_uri": "https://elsewhere.example/cb"}]
)
@in_shared_house
async def test_the_portal_sent_me_in_a_wrong_way(
    shared_house: TestHouse, change: dict[str, str]
) -> None:
    """I stay here, am told that I did nothing wrong, and see the right doors."""
    browser: Browser = shared_house.browser()
    await browser.go(authorize_url(**change))
    assert page_number(browser) == BAD_CLIENT
    assert "Du har inte gjort något fel." in words(browser)
    assert PORTAL in browser.links
