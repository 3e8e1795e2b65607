"""Requirements 66 and 67: a client learns of its own companies' customers, under its own name."""

from typing import Any

import pytest
import pytest_asyncio

from broker.tokens.subjects import Subjects
from broker.wiring.secret_keys import pairwise_salt
from tests.browsing import Browser
from tests.house import TestHouse, authorize_url, read_claims, redeem
from tests.walking import RECOGNISE, ask_userinfo, page_number, tokens_of, type_numbers

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _tokens_at(house: TestHouse, browser: Browser, client_id: str) -> dict[str, Any]:
    await browser.go(authorize_url(client_id))
    async with house.client() as client:
        members: dict[str, Any] = (
            await redeem(client, browser.query["code"], client_id=client_id)
        ).json()
    return members


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def everywhere(shared_house: TestHouse) -> dict[str, dict[str, Any]]:
    """One person, customer of three companies: their tokens at each company's portal."""
    browser = shared_house.browser()
    found = {"portal": await tokens_of(shared_house, browser)}
    for client_id, customer, invoice in (
        ("retail", "200245", "2007001"),
        ("heating", "300245", "3007001"),
    ):
        await browser.go(authorize_url(client_id))
        await browser.submit(action="/flow/new", answer="first")
        await browser.submit(action="/flow/whose", whose="mine")
        await type_numbers(browser, customer, invoice)
        await browser.submit(action="/flow/done")
        found[client_id] = await _tokens_at(shared_house, browser, client_id)
    found["portal"] = await _tokens_at(shared_house, browser, "portal")
    return found


async def test_single_sign_on_does_not_carry_customers_along(shared_house: TestHouse) -> None:
    """Signed in as a customer of one company: to another company's portal, nobody it knows."""
    browser = shared_house.browser()
    await tokens_of(shared_house, browser)
    await browser.go(authorize_url("retail"))
    assert page_number(browser) == RECOGNISE


@pytest.mark.parametrize(
    ("client_id", "company"), [("portal", "elnat"), ("retail", "elhandel"), ("heating", "varme")]
)
async def test_each_portal_sees_its_own_company(
    shared_house: TestHouse, everywhere: dict[str, dict[str, Any]], client_id: str, company: str
) -> None:
    """In the access token and at `/userinfo`: one entry, its own company's."""
    token = everywhere[client_id]["access_token"]
    for told in (read_claims(token), (await ask_userinfo(shared_house, token)).json()):
        assert [e["company"] for e in told["authorization_details"]] == [company]


async def test_id_tokens_hold_no_customers(everywhere: dict[str, dict[str, Any]]) -> None:
    """They travel in addresses."""
    for members in everywhere.values():
        assert "authorization_details" not in read_claims(members["id_token"])


async def test_a_token_is_for_one_audience(everywhere: dict[str, dict[str, Any]]) -> None:
    """A string, each client's own API (58)."""
    assert {n: read_claims(m["access_token"])["aud"] for n, m in everywhere.items()} == {
        "portal": "https://api.elnat.example",
        "retail": "https://api.elhandel.example",
        "heating": "https://api.varme.example",
    }


async def test_a_pairwise_subject_is_nobody_elses(
    shared_house: TestHouse, everywhere: dict[str, dict[str, Any]]
) -> None:
    """Different from the public one, the same in every token and at `/userinfo` (67)."""
    public = read_claims(everywhere["portal"]["id_token"])["sub"]
    assert public == read_claims(everywhere["retail"]["access_token"])["sub"]
    pairwise = read_claims(everywhere["heating"]["id_token"])["sub"]
    assert pairwise != public
    token = everywhere["heating"]["access_token"]
    assert read_claims(token)["sub"] == pairwise
    assert (await ask_userinfo(shared_house, token)).json()["sub"] == pairwise


async def test_a_pairwise_subject_stays(shared_house: TestHouse) -> None:
    """After a restart on the same configuration it is the same."""
    client = shared_house.parts.clients.configured["heating"]
    first, second = (Subjects(pairwise_salt(shared_house.settings)) for _ in range(2))
    assert first.of("p_x", client) == second.of("p_x", client)


@pytest.mark.parametrize("asked", ["openid", "openid profile", "openid email"])
async def test_claims_are_those_of_the_scopes(shared_house: TestHouse, asked: str) -> None:
    """No name without `profile`, no e-mail without `email` (66)."""
    members = await tokens_of(shared_house, scope=asked)
    told = (await ask_userinfo(shared_house, members["access_token"])).json()
    assert ("name" in told) == ("profile" in asked)
    assert ("email" in told) == ("email" in asked)


async def test_the_claims_parameter_widens_nothing(shared_house: TestHouse) -> None:
    """It is ignored, as discovery says (66)."""
    wish = '{"userinfo":{"email":null},"id_token":{"email":{"essential":true}}}'
    members = await tokens_of(shared_house, scope="openid", claims=wish)
    told = (await ask_userinfo(shared_house, members["access_token"])).json()
    assert "email" not in told
    assert "email" not in read_claims(members["id_token"])


async def test_a_scope_that_the_client_may_not_have_is_left_out(shared_house: TestHouse) -> None:
    """Filtered before anything is decided (65)."""
    members = await tokens_of(shared_house, scope="openid invoices:read admin contracts:write")
    assert members["scope"] == "openid invoices:read"
    assert read_claims(members["access_token"])["scope"] == "openid invoices:read"


async def test_subjects_and_customers_are_opaque(everywhere: dict[str, dict[str, Any]]) -> None:
    """No customer number, e-mail or provider subject in any name that we make (67)."""
    claims = read_claims(everywhere["portal"]["access_token"])
    [entry] = claims["authorization_details"]
    for name in (claims["sub"], claims["sid"], claims["jti"], entry["customer"]):
        assert entry["customer_number"] not in name
        assert "load" not in name
        assert len(name) >= 22
