"""A code works for the client, address and login that it was made for (RFC 9700 section 4.5)."""

import pytest

from tests.house import PORTAL, TestHouse, authorize_url, read_claims, redeem
from tests.walking import sign_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_another_client_cannot_redeem_it(shared_house: TestHouse) -> None:
    """Authenticated or not: it is not theirs, and is spent by the attempt."""
    answer = await sign_in(shared_house.browser())
    async with shared_house.client() as client:
        stolen = await redeem(client, answer["code"], client_id="retail")
        assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
        assert (await redeem(client, answer["code"])).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("uri", [f"{PORTAL}/", f"{PORTAL}/callback/", "https://evil.example/cb"])
async def test_it_is_bound_to_its_address(shared_house: TestHouse, uri: str) -> None:
    """The address of the token request must be the authorization request's."""
    answer = await sign_in(shared_house.browser())
    async with shared_house.client() as client:
        refused = await redeem(client, answer["code"], redirect_uri=uri)
    assert refused.json()["error"] == "invalid_grant"


async def test_the_nonce_is_that_of_the_login(shared_house: TestHouse) -> None:
    """A code from another login brings another nonce, which the client will miss."""
    browser = shared_house.browser()
    await sign_in(browser, nonce="one-login")
    await browser.go(authorize_url(nonce="another-login"))
    async with shared_house.client() as client:
        tokens = (await redeem(client, browser.query["code"])).json()
    assert read_claims(tokens["id_token"])["nonce"] == "another-login"


async def test_forms_are_answered_by_303_only(shared_house: TestHouse) -> None:
    """No redirect of a whole login repeats a posted body (RFC 9700 section 4.12)."""
    browser = shared_house.browser()
    seen: set[int] = set()

    async def note(response: object) -> None:
        status = getattr(response, "status_code", 0)
        if 300 <= status < 400:
            seen.add(status)

    browser.client.event_hooks["response"] = [note]
    await sign_in(browser)
    assert seen <= {302, 303}
    async with shared_house.client() as client:
        begun = await client.get(authorize_url())
    assert begun.status_code == 303
