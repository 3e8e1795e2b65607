"""Requirement 37: a provider that was disabled is refused wherever a login stands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import Browser
from tests.house import TestHouse, authorize_url, open_house, redeem, settings_for
from tests.walking import (
    CHOOSE,
    cookies_of,
    give_cookies,
    held_callback,
    is_at_portal,
    page_number,
    sign_in,
    to_first_question,
    to_provider,
)


@asynccontextmanager
async def _restarted_without_google(directory: Path) -> AsyncIterator[TestHouse]:
    """The same databases and secrets, with Google disabled."""
    nothing = directory / "nothing-to-copy"
    nothing.mkdir()
    providers = dict(settings_for(directory).providers)
    providers["google"] = providers["google"].model_copy(update={"enabled": False})
    async with open_house(nothing, directory, providers=providers) as house:
        yield house


def _same_person(house: TestHouse, before: Browser) -> Browser:
    browser = house.browser()
    give_cookies(browser, cookies_of(before))
    return browser


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where the databases stay across the restart."""
    home = tmp_path / "home"
    home.mkdir()
    return home


async def test_it_is_not_offered(house_template: Path, directory: Path) -> None:
    """Neither as a button, nor as a hint, nor when it is posted."""
    async with open_house(house_template, directory):
        pass
    async with _restarted_without_google(directory) as house:
        browser = await house.browser().go(authorize_url(idp_hint="google"))
        assert browser.path == "/flow/choose"
        assert not any(("provider", "google") in form.buttons for form in browser.forms)
        await browser.submit(action="/flow/choose", provider="google")
        assert browser.path == "/flow/choose"


async def test_it_is_refused_at_the_callback(house_template: Path, directory: Path) -> None:
    """Somebody was on the way when it was disabled."""
    async with open_house(house_template, directory) as house:
        before = await to_provider(house.browser())
        callback = await held_callback(before)
    async with _restarted_without_google(directory) as house:
        browser = await _same_person(house, before).go(callback)
        assert browser.page.status_code == 400
        assert "farstu-session" not in cookies_of(browser)


async def test_it_is_refused_in_the_middle_of_a_login(
    house_template: Path, directory: Path
) -> None:
    """What it said before counts no more: another provider must be chosen."""
    async with open_house(house_template, directory) as house:
        before = await to_first_question(house.browser())
    async with _restarted_without_google(directory) as house:
        browser = await _same_person(house, before).go(before.url)
        assert page_number(browser) == CHOOSE


async def test_its_sessions_sign_nobody_in(house_template: Path, directory: Path) -> None:
    """Single sign-on from a session that it opened."""
    async with open_house(house_template, directory) as house:
        before = house.browser()
        await sign_in(before)
    async with _restarted_without_google(directory) as house:
        browser = await _same_person(house, before).go(authorize_url(prompt="none"))
        assert is_at_portal(browser)
        assert browser.query["error"] == "login_required"


async def test_its_codes_are_refused(house_template: Path, directory: Path) -> None:
    """A code that was under way when it was disabled."""
    async with open_house(house_template, directory) as house:
        answer: dict[str, Any] = await sign_in(house.browser())
    async with _restarted_without_google(directory) as house, house.client() as client:
        refused = await redeem(client, answer["code"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
