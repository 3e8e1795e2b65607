"""A customer signs in for the first time, and the second time only clicks."""

import pytest

from tests.house import TestHouse, authorize_url, first_login, read_claims, redeem


@pytest.mark.parametrize("provider", ["microsoft", "google", "facebook", "yahoo"])
async def test_first_time_two_numbers_second_time_one_click(
    house: TestHouse, provider: str
) -> None:
    """With each provider: portal, provider, two numbers, portal; then a click is enough."""
    browser = house.browser()
    answer = await first_login(browser, provider=provider)
    assert answer["state"] == "the-clients-state"
    assert answer["iss"] == "http://localhost:8000"

    async with house.client() as client:
        tokens = (await redeem(client, answer["code"])).json()
        access = read_claims(tokens["access_token"])
        [entry] = access["authorization_details"]
        assert entry["customer_number"] == "100245"
        assert entry["relation"] == "holder"
        assert entry["actions"] == ["invoices:read"]
        assert access["aud"] == "https://api.elnat.example"
        assert read_claims(tokens["id_token"])["nonce"] == "the-clients-nonce"
        userinfo = await client.get(
            "/userinfo", headers={"authorization": f"Bearer {tokens['access_token']}"}
        )
        assert userinfo.json()["sub"] == access["sub"]
        assert userinfo.json()["authorization_details"] == access["authorization_details"]

    later = house.browser()
    await later.go(authorize_url())
    await later.submit(provider)
    await later.submit("karin")
    assert "code" in later.query, later.title


async def test_a_live_session_needs_no_click_at_another_portal(house: TestHouse) -> None:
    """Single sign-on: signed in at one portal, the next answers at once."""
    browser = house.browser()
    await first_login(browser)
    await browser.go(authorize_url())
    assert "code" in browser.query
