"""The company's customers are looked up in its billing system, which is down at times."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from broker.app.reading import reading_chores
from broker.chores.running import Chores
from tests.billing import Billing, CustomerRow, InvoiceRow
from tests.house import TestHouse, authorize_url, open_house, settings_for
from tests.registers_open import by_http, with_register
from tests.servers.billing_api import BillingApi, billing_api
from tests.stories.telling import entries_for, return_to, words
from tests.walking import (
    CHOOSE,
    RECOGNISE,
    VERIFY,
    ask_userinfo,
    is_at_portal,
    page_number,
    sign_in,
    somebody_new,
    to_numbers,
    tokens_of,
    type_numbers,
)

REGISTER_DOWN = 27
UNAUTHORIZED = 401
RETAIL = {"client_id": "retail"}


@pytest.fixture
async def api() -> AsyncIterator[BillingApi]:
    """The billing system of `elnat`; its sister companies export theirs."""
    billing = Billing()
    async with billing_api(billing) as running:
        yield running


@pytest.fixture
async def house(house_template: Path, tmp_path: Path, api: BillingApi) -> AsyncIterator[TestHouse]:
    """A broker that asks it."""
    async with asking(house_template, tmp_path, api) as opened:
        recent = opened.clock().date().replace(day=1).isoformat()
        api.billing.add(CustomerRow("100245"), InvoiceRow("100245", "1007001", issued_on=recent))
        yield opened


@asynccontextmanager
async def asking(template: Path, folder: Path, api: BillingApi) -> AsyncIterator[TestHouse]:
    """Only `elnat`'s customers are looked up there."""
    settings = with_register(settings_for(folder), by_http(api), "elnat")
    changes = {"companies": settings.companies, "registers": settings.registers}
    async with open_house(template, folder, **changes) as opened:
        yield opened


def goes_down(api: BillingApi) -> None:
    """It answers nobody."""
    api.fault = "status 503"


def comes_up(house: TestHouse, api: BillingApi) -> None:
    """It answers again, and we have noticed."""
    api.fault = ""
    house.clock.advance(minutes=1)


async def a_day_goes_by(house: TestHouse) -> None:
    """The chores of a day are done, as any worker does them."""
    house.clock.advance(days=1)
    chores = reading_chores(house.parts)
    await Chores(chores, house.parts.storage.leases, "w_1", house.clock, house.parts.log).look()


async def test_whoever_is_linked_signs_in_as_always(house: TestHouse, api: BillingApi) -> None:
    """With the same customers and the same rights; nothing is said of any trouble."""
    me = somebody_new()
    await sign_in(house.browser(), me)
    goes_down(api)

    answer = await return_to(house.browser(), person=me)

    [entry] = await entries_for(house, answer["code"])
    assert entry["customer_number"] == "100245"
    assert entry["actions"]


async def test_somebody_new_is_told_and_can_go_on_later(house: TestHouse, api: BillingApi) -> None:
    """It is the company's fault, counts as no try, and the same login goes on afterwards."""
    goes_down(api)
    browser = await to_numbers(house.browser())
    for _ in range(8):
        await type_numbers(browser)
        assert page_number(browser) == REGISTER_DOWN
        assert "det räknas inte som ett försök" in words(browser)
        await browser.go(next(link for link in browser.links if "/flow?" in link))
        assert page_number(browser) == VERIFY

    comes_up(house, api)
    await type_numbers(browser)
    await browser.submit(action="/flow/done")

    assert is_at_portal(browser)
    assert "code" in browser.query


async def test_a_sister_company_that_exports_its_register_notices_nothing(
    house: TestHouse, api: BillingApi
) -> None:
    """One installation may mix."""
    goes_down(api)
    browser = await to_numbers(house.browser(), **RETAIL)
    await type_numbers(browser, "200245", "2007001")
    await browser.submit(action="/flow/done")
    assert is_at_portal(browser)


async def test_a_customer_who_has_died_is_shown_to_nobody_from_the_daily_reading_on(
    house: TestHouse, api: BillingApi
) -> None:
    """Sessions and tokens end, as with an import; signing in anew shows nothing."""
    browser, me = house.browser(), somebody_new()
    tokens = await tokens_of(house, browser, me)
    api.billing.change("100245", status="deceased")

    await a_day_goes_by(house)

    assert (await ask_userinfo(house, tokens["access_token"])).status_code == UNAUTHORIZED
    await browser.go(authorize_url())
    assert page_number(browser) == CHOOSE
    goes_down(api)
    await return_to(browser, person=me)
    assert page_number(browser) == RECOGNISE


async def test_the_register_is_read_once_a_day(house: TestHouse, api: BillingApi) -> None:
    """By one of the workers; one that fails is made up for within minutes."""
    await sign_in(house.browser())
    await a_day_goes_by(house)
    asked = len(api.asked)
    house.clock.advance(hours=23)
    chores = reading_chores(house.parts)
    other = Chores(chores, house.parts.storage.leases, "w_2", house.clock, house.parts.log)
    await other.look()
    assert len(api.asked) == asked
    goes_down(api)
    house.clock.advance(hours=2)
    await other.look()
    comes_up(house, api)
    house.clock.advance(minutes=1)
    before = len(api.asked)
    await other.look()
    assert len(api.asked) > before
    reading = (await house.parts.storage.copies.readings())["elnat"]
    assert reading.at == house.clock()
