"""Requirements 93 and 94: who is linked is whom the provider proved; no form says who one is."""

import pytest

from linking import IdentityKey
from tests.house import ISSUER, TestHouse, read_claims, redeem
from tests.walking import sign_in, somebody_new, to_first_question, to_numbers

pytestmark = pytest.mark.asyncio(loop_scope="session")

CLAIMED = {
    "sub": "the-victim",
    "subject": "the-victim",
    "issuer": "https://accounts.google.com",
    "iss": "https://accounts.google.com",
    "person": "p_victim",
    "identity": "the-victim",
    "provider": "microsoft",
    "who": "the-victim",
    "email": "victim@brev.example",
    "sid": "x",
    "handle": "x",
    "flow": "x",
    "client_id": "retail",
    "company": "elhandel",
    "companies": "elhandel",
    "whose": "helping",
    "proof": "staff",
    "acr": "high",
    "relation": "representative",
    "auth_time": "1",
}


async def test_fields_about_who_one_is_are_ignored(shared_house: TestHouse) -> None:
    """Posted with every form of the way: the link is the signed-in identity's own."""
    browser = await to_numbers(shared_house.browser())
    await browser.submit(
        action="/flow/verify", customer_number="100245", invoice_number="1007001", **CLAIMED
    )
    await browser.submit(action="/flow/done", **CLAIMED)
    async with shared_house.client() as client:
        claims = read_claims((await redeem(client, browser.query["code"])).json()["access_token"])
    [entry] = claims["authorization_details"]
    assert (entry["company"], entry["relation"], entry["proof"]) == ("elnat", "holder", "invoice")
    assert claims["idp"] == "google"
    assert claims["client_id"] == "portal"
    assert claims["sub"] != "p_victim"
    assert await shared_house.parts.linking.identity(_key("the-victim")) is None


def _key(subject: str) -> IdentityKey:
    return IdentityKey("https://accounts.google.com", subject)


async def test_the_same_fields_in_addresses_are_ignored(shared_house: TestHouse) -> None:
    """As they are in forms."""
    browser = await to_numbers(shared_house.browser())
    query = "&".join(f"{name}={value}" for name, value in CLAIMED.items())
    await browser.go(f"{browser.url}&{query}")
    assert browser.path == "/flow/verify"
    form = browser.forms[-1].fields | {"customer_number": "100245", "invoice_number": "1007001"}
    answer = await browser.client.post(f"{ISSUER}/flow/verify?{query}", data=form)
    await browser.go(ISSUER + answer.headers["location"])
    await browser.submit(action="/flow/done")
    assert "code" in browser.query


async def test_one_customers_link_is_not_anothers(shared_house: TestHouse) -> None:
    """Two people, two customers: neither is told of the other's."""
    numbers = {"100245": "1007001", "100246": "1007002"}
    seen = []
    for customer, invoice in numbers.items():
        browser = await to_numbers(shared_house.browser(), somebody_new())
        await browser.submit(
            action="/flow/verify", customer_number=customer, invoice_number=invoice
        )
        await browser.submit(action="/flow/done")
        async with shared_house.client() as client:
            members = (await redeem(client, browser.query["code"])).json()
        details = read_claims(members["access_token"])["authorization_details"]
        seen.append([entry["customer_number"] for entry in details])
    assert seen == [["100245"], ["100246"]]


async def test_a_failed_try_changes_no_link(shared_house: TestHouse) -> None:
    """Somebody who is linked tries another customer's number: their own link stays as it was."""
    browser, person = shared_house.browser(), somebody_new()
    await sign_in(browser, person)
    other = await to_numbers(shared_house.browser(), person, client_id="retail")
    await other.submit(action="/flow/verify", customer_number="200246", invoice_number="2009999")
    assert other.page.status_code == 422
    again = shared_house.browser()
    await to_first_question(again, person)
    assert "code" in again.query
