"""Grid, electricity and heating are three companies, and I am a customer of them all."""

from pathlib import Path

import pytest

from tests.house import TestHouse, a_client, authorize_url, open_house, read_claims, settings_for
from tests.stories.telling import entries_for, redeem_for, return_to, words
from tests.walking import (
    RECOGNISE,
    ask_userinfo,
    page_number,
    sign_in,
    somebody_new,
    to_numbers,
    type_numbers,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def connect(house: TestHouse, me: str) -> tuple[str, str]:
    """Grid first, then heating in the same session; the codes of both."""
    browser = house.browser()
    grid = await sign_in(browser, me)
    await browser.go(authorize_url("heating"))
    await browser.submit(action="/flow/new", answer="first")
    await browser.submit(action="/flow/whose", whose="mine")
    await type_numbers(browser, "300245", "3007001")
    await browser.submit(action="/flow/done")
    return grid["code"], browser.query["code"]


async def test_each_company_asks_for_its_own_numbers_once(shared_house: TestHouse) -> None:
    """Still signed in, I am new to the next company, which says whose invoice it wants."""
    browser, me = shared_house.browser(), somebody_new()
    await sign_in(browser, me)

    await browser.go(authorize_url("heating"))
    assert page_number(browser) == RECOGNISE
    assert "Det här kontot är inte kopplat till Varme än" in words(browser)
    assert "Du loggade in med Google som l•••@gmail.com." in words(browser)
    await browser.submit(action="/flow/new", answer="first")
    await browser.submit(action="/flow/whose", whose="mine")
    assert "faktura från Varme" in words(browser)
    await type_numbers(browser, "300245", "3007001")
    assert "l•••@gmail.com" in words(browser)
    await browser.submit(action="/flow/done")
    assert "code" in browser.query

    await browser.go(authorize_url("heating"))
    assert "code" in browser.query


async def test_each_portal_sees_its_own_company_only(shared_house: TestHouse) -> None:
    """Both connected, each token holds one customer, for its own API."""
    grid, heating = await connect(shared_house, somebody_new())
    [of_grid] = await entries_for(shared_house, grid)
    [of_heating] = await entries_for(shared_house, heating, "heating")
    assert (of_grid["company"], of_grid["customer_number"]) == ("elnat", "100245")
    assert (of_heating["company"], of_heating["customer_number"]) == ("varme", "300245")


async def test_the_first_connection_stays(shared_house: TestHouse) -> None:
    """Connecting heating takes nothing from the grid."""
    me = somebody_new()
    await connect(shared_house, me)
    again = await return_to(shared_house.browser(), person=me)
    assert len(await entries_for(shared_house, again["code"])) == 1


async def test_a_pairwise_portal_cannot_follow_me(shared_house: TestHouse) -> None:
    """The heating portal knows me by another name than the grid does, the same in all it gets."""
    me = somebody_new()
    grid, heating = await connect(shared_house, me)
    at_grid = await redeem_for(shared_house, grid)
    at_heating = await redeem_for(shared_house, heating, "heating")

    mine = read_claims(at_heating["id_token"])["sub"]

    assert mine != read_claims(at_grid["id_token"])["sub"]
    assert read_claims(at_heating["access_token"])["sub"] == mine
    assert (await ask_userinfo(shared_house, at_heating["access_token"])).json()["sub"] == mine
    later = await return_to(shared_house.browser(), "heating", person=me)
    tokens = await redeem_for(shared_house, later["code"], "heating")
    assert read_claims(tokens["id_token"])["sub"] == mine


async def test_another_companys_invoice_does_not_fit_here(shared_house: TestHouse) -> None:
    """A right pair from the sister company gets the neutral answer that names this one."""
    browser = shared_house.browser()
    await to_numbers(browser)
    await type_numbers(browser, "300245", "3007001")
    said = words(browser)
    assert "Numren stämmer inte ihop" in said
    assert "Kontrollera att fakturan är från Elnat" in said


async def test_a_portal_of_two_companies_takes_either_invoice(
    house_template: Path, tmp_path: Path
) -> None:
    """One form serves both: whichever invoice I have connects that company's customer."""
    known = settings_for(tmp_path)
    shared = a_client("elnat", companies=("elnat", "elhandel"), resource="both")
    both = known.resources["elnat"].model_copy(
        update={"audience": "https://api.both.example", "companies": ("elnat", "elhandel")}
    )
    async with open_house(
        house_template,
        tmp_path,
        clients={"portal": shared},
        resources={**known.resources, "both": both},
    ) as house:
        browser = house.browser()
        await to_numbers(browser)
        assert "Elnat eller Elhandel" in words(browser)
        await type_numbers(browser, "200245", "2007001")
        assert "Elhandel" in words(browser)
        await browser.submit(action="/flow/done")
        [entry] = await entries_for(house, browser.query["code"])
        assert entry["company"] == "elhandel"
