"""Requirement 79: `prompt=none` shows no page, makes no session and no link."""

from pathlib import Path

import pytest

from tests.house import TestHouse, a_client, authorize_url, open_house, settings_for
from tests.walking import (
    cookies_of,
    is_at_portal,
    sign_in,
    somebody_new,
    to_first_question,
    tokens_of,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"max_age": "0"},
        {"max_age": "100"},
        {"idp_hint": "google"},
        {"login_hint": "somebody@brev.example"},
        {"client_id": "consenting"},
        {"client_id": "open"},
    ],
    ids=str,
)
async def test_nobody_signed_in_is_login_required(
    shared_house: TestHouse, method: str, changes: dict[str, str]
) -> None:
    """At once, by redirect, whatever else is asked for."""
    browser = shared_house.browser()
    url = authorize_url(prompt="none", **changes)
    if method == "GET":
        await browser.go(url)
    else:
        content = url.partition("?")[2].encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = await browser.client.post(url.partition("?")[0], content=content, headers=headers)
        assert answer.status_code == 303
        await browser.go(f"http://localhost:8000{answer.headers['location']}")
    assert is_at_portal(browser)
    assert browser.query["error"] == "login_required"
    assert "farstu-session" not in cookies_of(browser)


async def test_a_live_session_answers_with_a_code(shared_house: TestHouse) -> None:
    """The same session as before: no new cookie."""
    browser = shared_house.browser()
    await sign_in(browser)
    before = cookies_of(browser)
    await browser.go(authorize_url(prompt="none"))
    assert "code" in browser.query
    assert cookies_of(browser) == before


async def test_signed_in_but_no_customer_here_is_interaction_required(
    shared_house: TestHouse,
) -> None:
    """The verification is never begun silently."""
    browser = shared_house.browser()
    await sign_in(browser)
    await browser.go(authorize_url("retail", prompt="none"))
    assert browser.query["error"] == "interaction_required"


async def test_not_agreed_yet_is_consent_required(shared_house: TestHouse) -> None:
    """Consent is never assumed."""
    browser = shared_house.browser()
    await sign_in(browser)
    await browser.go(authorize_url("consenting", prompt="none"))
    assert browser.query["error"] == "consent_required"


@pytest.mark.parametrize("age", ["0", "1", "59"])
async def test_too_old_a_login_is_login_required(house: TestHouse, age: str) -> None:
    """`max_age` counts for silent requests too (38)."""
    browser = house.browser()
    await sign_in(browser)
    house.clock.advance(seconds=60)
    await browser.go(authorize_url(prompt="none", max_age=age))
    assert browser.query["error"] == "login_required"


async def test_somebody_else_than_the_hint_is_login_required(shared_house: TestHouse) -> None:
    """The ID token of one person, the session of another (Core section 3.1.2.1)."""
    hint = (await tokens_of(shared_house))["id_token"]
    other = shared_house.browser()
    await sign_in(other)
    await other.go(authorize_url(prompt="none", id_token_hint=hint))
    assert other.query["error"] == "login_required"


async def test_a_hint_at_somebody_else_is_not_met_by_another_login(
    shared_house: TestHouse,
) -> None:
    """Also where pages may be shown: the wrong person gets no code."""
    hint = (await tokens_of(shared_house))["id_token"]
    browser = shared_house.browser()
    await to_first_question(browser, somebody_new(), id_token_hint=hint)
    assert is_at_portal(browser)
    assert browser.query["error"] == "login_required"
    assert "farstu-session" not in cookies_of(browser)


async def test_an_app_is_not_answered_silently(house_template: Path, tmp_path: Path) -> None:
    """`prompt` combined with `none` is refused before anything is looked at."""
    clients = {**settings_for(tmp_path).clients, "app": a_client("elnat")}
    async with open_house(house_template, tmp_path, clients=clients) as house:
        for prompt in ("none login", "none consent", "none select_account", "login none"):
            browser = await house.browser().go(authorize_url("app", prompt=prompt))
            assert browser.query["error"] == "invalid_request"
