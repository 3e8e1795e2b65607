"""Requirements 80, 90 to 92: a session is made by a login, and found by one cookie of its own."""

from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from broker.app import doors
from broker.app.serving import assemble
from broker.settings.schema import ProviderSettings
from tests.house import ISSUER, TestHouse, authorize_url, open_house
from tests.walking import (
    CHOOSE,
    cookies_of,
    give_cookies,
    page_number,
    sign_in,
    somebody_new,
    to_first_question,
    type_numbers,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_planted_session_cookie_is_not_taken_up(shared_house: TestHouse) -> None:
    """Fixation: the value that was there before the login is not the one after it (90, 91)."""
    browser = shared_house.browser()
    give_cookies(browser, {"farstu-session": "planted-by-the-attacker"})
    await sign_in(browser)
    assert cookies_of(browser)["farstu-session"] != "planted-by-the-attacker"
    attacker = shared_house.browser()
    give_cookies(attacker, {"farstu-session": "planted-by-the-attacker"})
    await attacker.go(authorize_url(prompt="none"))
    assert attacker.query["error"] == "login_required"


async def test_the_cookie_is_new_at_each_login(shared_house: TestHouse) -> None:
    """The same person, the same browser: another secret (91)."""
    browser, person = shared_house.browser(), somebody_new()
    await sign_in(browser, person, provider="microsoft")
    first = cookies_of(browser)["farstu-session"]
    await to_first_question(browser, person, "microsoft", prompt="login")
    second = cookies_of(browser)["farstu-session"]
    assert first != second
    assert len(first) == len(second) == 43


async def test_the_cookie_is_new_after_a_customer_was_connected(
    shared_house: TestHouse,
) -> None:
    """More can be done with the session: a copy of the old cookie finds nothing (91)."""
    browser = shared_house.browser()
    await sign_in(browser)
    stolen = cookies_of(browser)
    await browser.go(authorize_url("retail"))
    await browser.submit(action="/flow/new", answer="first")
    await browser.submit(action="/flow/whose", whose="mine")
    await type_numbers(browser, "200245", "2007001")
    await browser.submit(action="/flow/done")
    assert "code" in browser.query
    thief = shared_house.browser()
    give_cookies(thief, stolen)
    await thief.go(authorize_url(prompt="none"))
    assert thief.query["error"] == "login_required"
    await browser.go(authorize_url(prompt="none"))
    assert "code" in browser.query


async def test_a_session_cookie_that_comes_twice_counts_as_none(shared_house: TestHouse) -> None:
    """Cookie tossing: of two of the same name nobody can say which is ours (90)."""
    browser = shared_house.browser()
    await sign_in(browser)
    good = cookies_of(browser)["farstu-session"]
    async with shared_house.client() as client:
        for header in (
            f"farstu-session={good}; farstu-session=evil",
            f"farstu-session=evil; farstu-session={good}",
            f"farstu-session={good};farstu-session={good}",
        ):
            answer = await client.get(authorize_url(prompt="none"), headers={"cookie": header})
            assert "error=login_required" in answer.headers["location"]


async def test_the_cookie_twice_in_two_headers_counts_as_none(shared_house: TestHouse) -> None:
    """As HTTP/2 may split them (90)."""
    browser = shared_house.browser()
    await sign_in(browser)
    good = f"farstu-session={cookies_of(browser)['farstu-session']}"
    async with shared_house.client() as client:
        headers = [("cookie", good), ("cookie", "farstu-session=evil")]
        answer = await client.get(authorize_url(prompt="none"), headers=headers)
    assert "error=login_required" in answer.headers["location"]


@pytest.mark.parametrize("shape", ["Farstu-Session", "farstu-session ", "__Host-farstu-session"])
async def test_only_our_own_name_counts(shared_house: TestHouse, shape: str) -> None:
    """Names are compared byte for byte."""
    browser = shared_house.browser()
    await sign_in(browser)
    good = cookies_of(browser)["farstu-session"]
    async with shared_house.client() as client:
        headers = {"cookie": f"{shape}={good}"}
        answer = await client.get(authorize_url(prompt="none"), headers=headers)
    assert "error=login_required" in answer.headers["location"]


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    shared_house: TestHouse,
) -> None:
    """Every cookie that we set: HttpOnly, SameSite=Lax, the whole origin, no domain (90)."""
    browser = await to_first_question(shared_house.browser(), client_id="open")
    seen = 0
    async with shared_house.client() as client:
        for url in (authorize_url(), f"{ISSUER}/authorize?x=1"):
            for header in (await client.get(url)).headers.get_list("set-cookie"):
                seen += 1
                attributes = {part.strip().lower() for part in header.split(";")[1:]}
                assert {"httponly", "samesite=lax", "path=/"} <= attributes
                assert not any(each.startswith("domain") for each in attributes)
    assert seen
    assert "farstu-session" in cookies_of(browser)


async def test_on_https_cookies_have_the_host_prefix(house_template: Path, tmp_path: Path) -> None:
    """`__Host-` and Secure, so that no neighbour can set them; and HSTS for a year (74, 90)."""
    issuer = "https://login.example.se"
    google = ProviderSettings(kind="google", client_id="x", client_secrets=(SecretStr("y" * 24),))
    changes = {"issuer": issuer, "providers": {"google": google}}
    async with open_house(house_template, tmp_path, **changes) as house:
        app = assemble(doors.house(house.parts, house.use), house.settings)
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url=issuer) as client:
            answer = await client.get(authorize_url().replace(ISSUER, issuer))
    [header] = answer.headers.get_list("set-cookie")
    assert header.startswith("__Host-farstu-flow0=")
    assert "; Secure" in header
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


async def test_only_the_persons_own_login_makes_a_session(shared_house: TestHouse) -> None:
    """Looking at pages, silent requests and unfinished logins make none (79, 80)."""
    browser = shared_house.browser()
    await browser.go(ISSUER)
    await browser.go(authorize_url(prompt="none"))
    await browser.go(authorize_url())
    assert page_number(browser) == CHOOSE
    await to_first_question(browser)
    assert "farstu-session" not in cookies_of(browser)


async def test_a_session_ends_after_thirty_idle_minutes(house: TestHouse) -> None:
    """At both edges; use extends it (92)."""
    browser = house.browser()
    await sign_in(browser)
    for _ in range(3):
        house.clock.advance(minutes=29)
        await browser.go(authorize_url(prompt="none"))
        assert "code" in browser.query
    house.clock.advance(minutes=31)
    await browser.go(authorize_url(prompt="none"))
    assert browser.query["error"] == "login_required"


async def test_a_session_ends_after_eight_hours_of_use(house: TestHouse) -> None:
    """However often it is used (92)."""
    browser = house.browser()
    await sign_in(browser)
    for _ in range(19):
        house.clock.advance(minutes=25)
        await browser.go(authorize_url(prompt="none"))
        assert "code" in browser.query
    house.clock.advance(minutes=10)
    await browser.go(authorize_url(prompt="none"))
    assert browser.query["error"] == "login_required"
