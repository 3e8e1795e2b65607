"""Requirements 1 to 7: a return counts once, in its own browser, at its own provider's door."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import pytest_asyncio

from tests.browsing import Browser
from tests.house import ISSUER, TestHouse
from tests.walking import (
    ALREADY_DONE,
    BAD_REQUEST,
    EXPIRED,
    RECOGNISE,
    cookies_of,
    give_cookies,
    held_callback,
    page_number,
    to_provider,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def held(shared_house: TestHouse) -> tuple[Browser, str]:
    """A browser that is waiting at Google, and the address that Google sends it to."""
    browser = await to_provider(shared_house.browser())
    return browser, await held_callback(browser)


async def test_the_answer_works_in_its_own_browser(held: tuple[Browser, str]) -> None:
    """What the refusals below would have been."""
    browser, callback = held
    await browser.go(callback)
    assert page_number(browser) == RECOGNISE


async def test_a_return_works_once(held: tuple[Browser, str]) -> None:
    """The state is spent at the first arrival (3)."""
    browser, callback = held
    before = cookies_of(browser)
    await browser.go(callback)
    give_cookies(browser, before)
    await browser.go(callback)
    assert (browser.page.status_code, page_number(browser)) == (400, ALREADY_DONE)


async def test_a_return_without_cookies_is_refused(
    shared_house: TestHouse, held: tuple[Browser, str]
) -> None:
    """A state without the cookie that it was sealed in (2)."""
    elsewhere = await shared_house.browser().go(held[1])
    assert (elsewhere.page.status_code, page_number(elsewhere)) == (400, EXPIRED)


async def test_a_return_with_another_browsers_cookies_is_refused(
    shared_house: TestHouse, held: tuple[Browser, str]
) -> None:
    """Login CSRF: the attacker's answer in a browser that is signing in too (2, 80)."""
    victim = await to_provider(shared_house.browser())
    await victim.go(held[1])
    assert (victim.page.status_code, page_number(victim)) == (400, EXPIRED)
    assert "farstu-session" not in cookies_of(victim)


@pytest.mark.parametrize("provider", ["microsoft", "facebook", "yahoo", "nobody"])
async def test_a_state_is_good_at_one_provider(held: tuple[Browser, str], provider: str) -> None:
    """The same state and code at another provider's door (1, 6)."""
    browser, callback = held
    await browser.go(callback.replace("/callback/google", f"/callback/{provider}"))
    assert (browser.page.status_code, page_number(browser)) == (400, EXPIRED)


@pytest.mark.parametrize("state", ["", "guess", "the-clients-state", "x" * 4000, "å"])
async def test_another_state_is_refused(held: tuple[Browser, str], state: str) -> None:
    """None, a guess, the client's own (3)."""
    browser, _ = held
    await browser.go(f"{ISSUER}/callback/google?{urlencode({'code': 'x', 'state': state})}")
    assert (browser.page.status_code, page_number(browser)) == (400, EXPIRED)


@pytest.mark.parametrize("twice", ["code=x", "state=x", "iss=x", "unheard=1&unheard=2"])
async def test_a_repeated_parameter_is_refused(held: tuple[Browser, str], twice: str) -> None:
    """One of the two may be somebody else's (32); the state is not even looked up."""
    browser, callback = held
    if "iss=" in twice:
        callback += "&iss=y"
    await browser.go(f"{callback}&{twice}")
    assert (browser.page.status_code, page_number(browser)) == (400, BAD_REQUEST)


async def test_code_and_error_together_are_refused(held: tuple[Browser, str]) -> None:
    """An answer that says both is nobody's (32): back to the choice, nobody signed in."""
    browser, callback = held
    await browser.go(f"{callback}&error=access_denied")
    assert browser.path == "/flow/choose"
    assert "farstu-session" not in cookies_of(browser)


async def test_a_foreign_issuer_in_the_answer_is_refused(held: tuple[Browser, str]) -> None:
    """RFC 9207: the `iss` of the answer is not that of the provider who was asked (7)."""
    browser, callback = held
    sent = dict(parse_qsl(urlsplit(callback).query)) | {"iss": "https://evil.example"}
    await browser.go(f"{ISSUER}/callback/google?{urlencode(sent)}")
    assert browser.path == "/flow/choose"
    assert "farstu-session" not in cookies_of(browser)


async def test_a_foreign_code_is_refused(shared_house: TestHouse) -> None:
    """The attacker's own code, with the victim's state: the verifier does not fit (5, 47)."""
    attacker = await to_provider(shared_house.browser())
    theirs = dict(parse_qsl(urlsplit(await held_callback(attacker)).query))
    victim = await to_provider(shared_house.browser())
    callback = await held_callback(victim)
    mine = dict(parse_qsl(urlsplit(callback).query)) | {"code": theirs["code"]}
    await victim.go(f"{ISSUER}/callback/google?{urlencode(mine)}")
    assert victim.path == "/flow/choose"
    assert "farstu-session" not in cookies_of(victim)


async def test_a_return_after_an_hour_is_refused(house: TestHouse) -> None:
    """A flow lives 60 minutes."""
    browser = await to_provider(house.browser())
    callback = await held_callback(browser)
    house.clock.advance(minutes=61)
    await browser.go(callback)
    assert (browser.page.status_code, page_number(browser)) == (400, EXPIRED)
