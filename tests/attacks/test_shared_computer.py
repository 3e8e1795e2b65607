"""After me, somebody else sits at this computer (requirement 39, ADR 0010)."""

from urllib.parse import urlencode

import pytest

from tests.house import ISSUER, PORTAL, TestHouse, authorize_url, redeem
from tests.walking import (
    EXPIRED,
    IN_APP,
    held_callback,
    is_at_portal,
    page_number,
    sign_in,
    to_numbers,
    to_provider,
    type_numbers,
)

IN_APP_AGENT = "Mozilla/5.0 (iPhone) Mobile/15E148 [FBAN/FBIOS;FBAV/400.0;]"


async def test_a_named_provider_asks_too_after_a_sign_out(house: TestHouse) -> None:
    """`idp_hint` skips our page, not the provider's question who it is."""
    browser = house.browser()
    await sign_in(browser)
    await browser.go(f"{ISSUER}/logout")
    await browser.submit(action="/logout")
    await browser.go(authorize_url(idp_hint="google"))
    assert not is_at_portal(browser)


@pytest.mark.parametrize("with_hint", [False, True])
async def test_signing_out_of_a_session_that_ran_out_counts(
    house: TestHouse, *, with_hint: bool
) -> None:
    """Half an hour idle, then "sign out": the next login asks who it is."""
    browser = house.browser()
    answer = await sign_in(browser)
    async with house.client() as client:
        tokens = (await redeem(client, answer["code"])).json()
    house.clock.advance(minutes=31)
    asked = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": f"{PORTAL}/bye"}
    await browser.go(f"{ISSUER}/logout?{urlencode(asked) if with_hint else ''}")
    await browser.go(authorize_url())
    await browser.submit("google")
    assert not is_at_portal(browser)


async def test_a_foreign_ticket_parameter_is_ignored(house: TestHouse) -> None:
    """Unknown parameters are, also one that is called like ours."""
    asked = {"ticket": "x", "client_id": "portal", "post_logout_redirect_uri": f"{PORTAL}/bye"}
    browser = await house.browser().go(f"{ISSUER}/logout?{urlencode(asked)}")
    assert browser.url == f"{PORTAL}/bye"


async def test_the_wait_shows_no_personal_identity_number(house: TestHouse) -> None:
    """It is discarded there as everywhere."""
    browser = house.browser()
    await to_numbers(browser)
    for guess in range(6):
        await type_numbers(browser, "100245", str(1009000 + guess))
    await type_numbers(browser, "19640823-3234", "640823-3234")
    assert browser.page.status_code == 429
    assert "640823" not in browser.text


async def test_head_ends_nothing(house: TestHouse) -> None:
    """A prefetching proxy neither spends a return nor finishes a login (RFC 9110 9.2.1)."""
    browser = house.browser()
    await to_provider(browser)
    callback = await held_callback(browser)
    assert (await browser.client.head(callback)).status_code == 405
    await browser.go(callback)
    assert page_number(browser) != EXPIRED

    begun = await browser.client.get(authorize_url())
    flow = ISSUER + begun.headers["location"].rstrip("#")
    assert (await browser.client.head(flow)).status_code == 405


async def test_a_named_provider_that_refuses_this_browser_is_not_gone_to(house: TestHouse) -> None:
    """Inside another app, `idp_hint=google` ends at our own choice, which says what to do."""
    browser = house.browser()
    browser.client.headers["user-agent"] = IN_APP_AGENT
    await browser.go(authorize_url(idp_hint="google"))
    assert browser.path == "/flow/choose"
    await browser.submit("google")
    assert page_number(browser) == IN_APP


async def test_a_silent_post_is_answered_without_a_page(house: TestHouse) -> None:
    """Also where no cookie of ours was kept on the way."""
    asked = dict(pair.split("=") for pair in authorize_url().partition("?")[2].split("&"))
    browser = house.browser()
    async with house.client() as client:
        answer = await client.post(
            "/authorize",
            content="&".join(f"{name}={value}" for name, value in asked.items()) + "&prompt=none",
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
    await browser.go(ISSUER + answer.headers["location"])
    assert browser.query["error"] == "login_required"


async def test_staying_signed_in_outlives_a_fresh_proof(house: TestHouse) -> None:
    """Asked to sign in anew, I did not choose to stay no longer."""
    browser = house.browser()
    await browser.go(authorize_url("open"))
    await browser.submit("microsoft", stay="yes")
    await browser.submit("karin")
    await browser.go(authorize_url("open", prompt="login"))
    await browser.submit("microsoft")
    await browser.submit("karin")
    assert is_at_portal(browser)
    house.clock.advance(days=20)
    await browser.go(authorize_url("open"))
    assert is_at_portal(browser)


async def test_a_slow_reader_has_still_proved_themselves(house: TestHouse) -> None:
    """A forced login counts though the person took some minutes on the provider's pages."""
    browser = house.browser()
    await to_provider(browser, "microsoft", client_id="open", prompt="login", max_age="60")
    callback = await held_callback(browser)
    house.clock.advance(seconds=185)
    await browser.go(callback)
    assert is_at_portal(browser)
