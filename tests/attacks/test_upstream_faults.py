"""Requirements 3 to 34 from the person's chair: a provider's fault is a page with a way on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.browsing import Browser
from tests.house import TestHouse, open_house
from tests.walking import (
    CHOOSE,
    RECOGNISE,
    cookies_of,
    page_number,
    somebody_new,
    to_first_question,
    to_provider,
)

TOKEN_FAULTS = [
    ("google", fault)
    for fault in (
        "wrong_nonce",
        "no_nonce",
        "wrong_issuer",
        "wrong_audience",
        "second_audience",
        "expired",
        "issued_in_future",
        "not_yet_valid",
        "alg_none",
        "hs256",
        "bad_signature",
        "no_kid",
        "subject_integer",
        "no_subject",
        "wrong_at_hash",
        "oversized",
        "no_id_token",
        "code_rejected",
        "foreign_code",
        "wrong_response_issuer",
        "server_error",
        "temporarily_unavailable",
        "unknown_kid",
        "weak_key",
    )
] + [
    ("microsoft", "foreign_tenant"),
    ("microsoft", "wrong_nonce"),
    ("microsoft", "no_id_token"),
    ("microsoft", "secret_expired"),
    ("yahoo", "no_id_token"),
    ("yahoo", "wrong_audience"),
    ("yahoo", "object_error"),
    ("facebook", "no_access_token"),
]
LOST = ["lost_state", "duplicate_state", "wrong_state"]
TRANSPORT = ["down_500", "down_502", "throttled", "html", "truncated", "huge", "redirect"]
TRANSPORT += ["not_json_object"]


def _is_signed_in(browser: Browser) -> bool:
    return "farstu-session" in cookies_of(browser) or page_number(browser) == RECOGNISE


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def faulty(
    house_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TestHouse]:
    """A broker for faults of single answers, which leave the provider as it was."""
    async with open_house(house_template, tmp_path_factory.mktemp("faults")) as opened:
        yield opened


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(("provider", "fault"), TOKEN_FAULTS)
async def test_a_bad_answer_leads_back_to_the_choice(
    faulty: TestHouse, provider: str, fault: str
) -> None:
    """Nobody is signed in, and the other providers stand there."""
    await faulty.control(reset=True)
    await faulty.control(provider=provider, faults=[fault])
    browser = await to_first_question(faulty.browser(), provider=provider)
    assert page_number(browser) == CHOOSE
    assert browser.page.status_code == 200
    assert not _is_signed_in(browser)
    offered = {value for form in browser.forms for _, value in form.buttons}
    assert {"microsoft", "google", "facebook", "yahoo"} <= offered


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("fault", LOST)
async def test_an_answer_without_its_state_is_a_page(faulty: TestHouse, fault: str) -> None:
    """None, two, or one that we never sent: nothing can be found by it."""
    await faulty.control(reset=True)
    await faulty.control(provider="google", faults=[fault])
    browser = await to_first_question(faulty.browser())
    assert browser.page.status_code == 400
    assert page_number(browser) > 0
    assert not _is_signed_in(browser)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("provider", ["google", "microsoft", "facebook", "yahoo"])
async def test_cancelling_leads_back_to_the_choice(faulty: TestHouse, provider: str) -> None:
    """It is no error; the next try with the same provider works."""
    await faulty.control(reset=True)
    await faulty.control(provider=provider, faults=["cancel"])
    browser = await to_provider(faulty.browser(), provider)
    assert page_number(browser) == CHOOSE
    await browser.submit(provider)
    await browser.submit(person=somebody_new())
    assert page_number(browser) == RECOGNISE


@pytest.mark.asyncio(loop_scope="session")
async def test_after_a_fault_another_provider_works(faulty: TestHouse) -> None:
    """The login goes on from the choice, with the client's request as it was."""
    await faulty.control(reset=True)
    await faulty.control(provider="google", faults=["wrong_nonce"])
    browser = await to_first_question(faulty.browser(), client_id="open", state="kept")
    await browser.submit("yahoo")
    await browser.submit(person=somebody_new())
    assert browser.query["state"] == "kept"
    assert "code" in browser.query


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        *(("token", fault) for fault in TRANSPORT),
        ("discovery", "down_503"),
        ("discovery", "html"),
        ("jwks", "down_503"),
        ("jwks", "html"),
    ],
)
async def test_a_provider_in_trouble_leads_back_to_the_choice(
    house: TestHouse, fault: str, place: str
) -> None:
    """Whatever comes in place of JSON, wherever: a page, nobody signed in, another way open."""
    order = {"name": fault, "at": place, "times": None}
    await house.control(provider="google", faults=[order])
    browser = house.browser()
    await to_provider(browser)
    if page_number(browser) == 0:
        await browser.submit(person=somebody_new())
    assert page_number(browser) == CHOOSE
    assert not _is_signed_in(browser)
    await browser.submit("yahoo")
    await browser.submit(person=somebody_new())
    assert page_number(browser) == RECOGNISE


async def test_a_rotated_key_breaks_no_login(house: TestHouse) -> None:
    """A key that we have not seen yet is fetched (15)."""
    await to_first_question(house.browser())
    await house.control(provider="google", rotate_keys=True)
    browser = await to_first_question(house.browser())
    assert page_number(browser) == RECOGNISE
