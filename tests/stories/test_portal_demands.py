"""The portal wants more than a live session: that it is me, now, or another account."""

from pathlib import Path

import pytest

from tests.browsing import Browser
from tests.house import TestHouse, a_client, authorize_url, open_house, read_claims
from tests.stories.telling import in_shared_house, let_pass, redeem_for, return_to, words
from tests.walking import CHOOSE, is_at_portal, page_number, sign_in, somebody_new

CANNOT = "Går inte att använda nu."


def open_buttons(browser: Browser) -> list[str]:
    """The providers whose buttons can be pressed."""
    return [value for name, value in browser.forms[0].buttons if name == "provider"]


async def test_it_must_be_me_now(house: TestHouse) -> None:
    """`prompt=login`: signed in or not, I prove myself again, where that is possible."""
    browser, me = house.browser(), somebody_new()
    await sign_in(browser, me, provider="microsoft")
    let_pass(house, minutes=10)

    await browser.go(authorize_url(prompt="login"))
    assert page_number(browser) == CHOOSE
    said = words(browser)
    assert "Logga in igen" in said
    assert CANNOT in said
    assert "google" not in open_buttons(browser)
    await browser.submit("microsoft")
    assert not is_at_portal(browser), "Microsoft let me through without asking"
    await browser.submit(person=me)

    tokens = await redeem_for(house, browser.query["code"])
    age = house.clock.now.timestamp() - read_claims(tokens["id_token"])["auth_time"]
    assert age < 60


async def test_where_no_provider_can_ask_again_the_portal_is_told(
    house_template: Path, tmp_path: Path
) -> None:
    """Only Google on offer, and Google cannot: the answer is an error, not a dead end."""
    only_google = {"portal": a_client("elnat", providers=("google",))}
    async with open_house(house_template, tmp_path, clients=only_google) as house:
        browser = await house.browser().go(authorize_url(prompt="login"))
        assert is_at_portal(browser)
        assert browser.query["error"] == "unmet_authentication_requirements"


async def test_my_session_is_too_old_for_this(house: TestHouse) -> None:
    """`max_age`: what was fine at noon is not an hour later."""
    browser, me = house.browser(), somebody_new()
    await sign_in(browser, me, provider="microsoft")
    assert "code" in await return_to(browser, max_age="600")

    let_pass(house, minutes=20)
    await browser.go(authorize_url(max_age="600"))

    assert page_number(browser) == CHOOSE
    assert "För din säkerhet" in words(browser)
    await browser.submit("microsoft")
    await browser.submit(person=me)
    assert "code" in browser.query


@in_shared_house
async def test_i_may_choose_another_account(shared_house: TestHouse) -> None:
    """`prompt=select_account`: a live session is passed over, and the provider asks which."""
    browser, me = shared_house.browser(), somebody_new()
    await sign_in(browser, me)
    await browser.go(authorize_url(prompt="select_account"))
    assert page_number(browser) == CHOOSE
    await browser.submit("google")
    assert not is_at_portal(browser), "Google let me through without asking"
    await browser.submit(person=me)
    assert "code" in browser.query


@in_shared_house
async def test_the_portal_asks_in_silence(shared_house: TestHouse) -> None:
    """`prompt=none` never shows a page: a code with a session, an error without."""
    browser = shared_house.browser()
    await browser.go(authorize_url(prompt="none"))
    assert browser.query["error"] == "login_required"

    await sign_in(browser)
    await browser.go(authorize_url(prompt="none"))
    assert "code" in browser.query

    await browser.go(authorize_url("heating", prompt="none"))
    assert browser.query["error"] == "interaction_required"

    await browser.go(authorize_url("consenting", prompt="none"))
    assert browser.query["error"] == "consent_required"


@pytest.mark.parametrize("provider", ["microsoft", "google"])
@in_shared_house
async def test_the_hint_of_who_i_am_reaches_the_provider(
    shared_house: TestHouse, provider: str
) -> None:
    """`login_hint` saves me from typing it there."""
    browser = shared_house.browser()
    await browser.go(authorize_url(login_hint="karin@brev.example"))
    await browser.submit(provider)
    assert "login_hint=karin%40brev.example" in browser.url
