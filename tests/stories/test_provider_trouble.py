"""The trouble is at the provider, not with me."""

import pytest

from tests.house import TestHouse, authorize_url
from tests.stories.telling import another_tab, words
from tests.walking import (
    CHOOSE,
    RECOGNISE,
    page_number,
    sign_in,
    to_first_question,
    to_provider,
)

PROVIDERS = {
    "microsoft": "Microsoft",
    "google": "Google",
    "facebook": "Facebook",
    "yahoo": "Yahoo",
}
FAILURES_UNTIL_OPEN = 5


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_i_cancel_there_and_choose_again_here(house: TestHouse, provider: str) -> None:
    """Back at the choice, which says what happened; another provider then works."""
    browser = house.browser()
    await to_provider(browser, provider)

    await browser.submit("cancel")

    assert page_number(browser) == CHOOSE
    said = words(browser)
    assert "Inloggningen avbröts" in said
    assert f"Du avbröt hos {PROVIDERS[provider]}" in said
    await browser.submit("microsoft")
    await browser.submit(person="nils")
    assert page_number(browser) == RECOGNISE


@pytest.mark.parametrize("kind", ["cancel_subcode", "cancel_declined", "cancel_admin"])
async def test_microsoft_has_several_ways_to_say_no(house: TestHouse, kind: str) -> None:
    """However it words the cancel, I am back at the choice."""
    await house.control(provider="microsoft", faults=[kind])
    browser = house.browser()
    await to_provider(browser, "microsoft")
    assert "Inloggningen avbröts" in words(browser)


@pytest.mark.parametrize("fault", ["down_503", "html"])
async def test_my_provider_is_down_before_i_leave(house: TestHouse, fault: str) -> None:
    """Nobody sends me to a dead page: the choice says so, and the others work."""
    await house.control(
        provider="google", faults=[{"name": fault, "at": "discovery", "times": None}]
    )
    browser = house.browser()
    await to_provider(browser)
    assert page_number(browser) == CHOOSE
    assert "Det går inte att logga in med Google just nu" in words(browser)

    await browser.submit("yahoo")
    await browser.submit(person="karin")

    assert page_number(browser) == RECOGNISE


async def test_after_many_failures_the_button_says_so_beforehand(house: TestHouse) -> None:
    """The next person reads it under the button, which can still be pressed."""
    await house.control(
        provider="google", faults=[{"name": "down_503", "at": "discovery", "times": None}]
    )
    for _ in range(FAILURES_UNTIL_OPEN):
        await to_provider(house.browser())

    browser = await house.browser().go(authorize_url())

    assert "Google har störningar just nu. Du kan prova ändå." in words(browser)
    assert "Microsoft har störningar" not in words(browser)
    values = [value for name, value in browser.forms[0].buttons if name == "provider"]
    assert values == ["microsoft", "facebook", "yahoo", "google"]


async def test_it_works_again_when_the_provider_does(house: TestHouse) -> None:
    """Half a minute after the last failure the button leads through."""
    await house.control(
        provider="google", faults=[{"name": "down_503", "at": "discovery", "times": None}]
    )
    for _ in range(FAILURES_UNTIL_OPEN):
        await to_provider(house.browser())
    await house.control(provider="google", reset=True)
    house.clock.advance(seconds=31)

    assert "code" in await sign_in(house.browser())


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_my_provider_breaks_while_i_am_on_the_way_back(
    house: TestHouse, provider: str
) -> None:
    """The code cannot be redeemed: the choice says that the fault is not mine."""
    await house.control(
        provider=provider, faults=[{"name": "down_500", "at": "token", "times": None}]
    )
    browser = house.browser()
    await to_first_question(browser, provider=provider)

    assert page_number(browser) == CHOOSE
    said = words(browser)
    assert f"Det går inte att logga in med {PROVIDERS[provider]} just nu" in said
    assert "inte hos dig" in said


@pytest.mark.parametrize("fault", ["wrong_nonce", "no_id_token"])
async def test_an_answer_that_proves_nothing_lets_nobody_in(house: TestHouse, fault: str) -> None:
    """Whatever is wrong with it, I read the same kind page and may try another way."""
    await house.control(provider="microsoft", faults=[fault])
    browser = house.browser()
    await to_first_question(browser, provider="microsoft")
    assert page_number(browser) == CHOOSE
    assert "Det går inte att logga in med Microsoft just nu" in words(browser)
    assert not [c for c in browser.client.cookies.jar if c.name == "farstu-session"]


async def test_my_provider_is_slow(house: TestHouse) -> None:
    """Slow is not down: it only takes a little longer."""
    await house.control(provider="google", faults=[{"name": "slow", "at": "token", "seconds": 0.2}])
    assert "code" in await sign_in(house.browser())


async def test_my_provider_never_answers(house: TestHouse) -> None:
    """A held connection ends as a failure that the page explains."""
    await house.control(
        provider="google", faults=[{"name": "timeout", "at": "token", "seconds": 0.1}]
    )
    browser = house.browser()
    await to_first_question(browser)
    assert "Det går inte att logga in med Google just nu" in words(browser)


async def test_the_portal_named_a_provider_that_is_down(house: TestHouse) -> None:
    """`idp_hint` skips the choice when it can, and brings me back to it when it cannot."""
    straight = await house.browser().go(authorize_url(idp_hint="google"))
    assert straight.path.startswith("/google")
    await house.control(
        provider="microsoft", faults=[{"name": "down_503", "at": "discovery", "times": None}]
    )
    browser = house.browser()
    await browser.go(authorize_url(idp_hint="microsoft"))
    assert page_number(browser) == CHOOSE
    assert "Det går inte att logga in med Microsoft just nu" in words(browser)


async def test_one_tabs_trouble_stays_in_that_tab(house: TestHouse) -> None:
    """A cancel in one tab says nothing in the other."""
    first = house.browser()
    await to_provider(first)
    second = another_tab(house, first)
    await second.go(authorize_url(state="other"))
    await first.submit("cancel")
    await second.go(second.url)
    assert "Inloggningen avbröts" in words(first)
    assert "Inloggningen avbröts" not in words(second)
