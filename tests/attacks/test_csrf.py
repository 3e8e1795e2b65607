"""Requirement 76: no form of ours can be posted by another site, or without its ticket."""

import pytest

from tests.house import ISSUER, TestHouse
from tests.walking import BAD_REQUEST, DIRECT, page_number, sign_in, to_numbers

pytestmark = pytest.mark.asyncio(loop_scope="session")

FORMS = [
    "/flow/choose",
    "/flow/choose?switch",
    "/flow/new",
    "/flow/whose",
    "/flow/verify",
    "/flow/done",
    "/flow/consent",
    "/flow/leave",
]
FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": ""},
    {"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://localhost:8002"},
    {"origin": "https://localhost:8000"},
    {"origin": "http://localhost:8000.evil.example"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_a_post_from_another_site_is_refused(
    shared_house: TestHouse, headers: dict[str, str]
) -> None:
    """To any form: the browser's own word about where it comes from decides."""
    async with shared_house.client() as client:
        for path in FORMS:
            answer = await client.post(path, data={"ticket": "x"}, headers=headers)
            assert (answer.status_code, page_number(answer)) == (400, BAD_REQUEST), path


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_the_right_ticket_does_not_help_another_site(
    shared_house: TestHouse, headers: dict[str, str]
) -> None:
    """With cookies, ticket and the right numbers, from elsewhere: nothing is judged."""
    browser = await to_numbers(shared_house.browser())
    form = browser.forms[-1].fields | {"customer_number": "100245", "invoice_number": "1007001"}
    answer = await browser.client.post(f"{ISSUER}/flow/verify", data=form, headers=headers)
    assert (answer.status_code, page_number(answer)) == (400, BAD_REQUEST)
    await browser.go(browser.url)
    assert browser.path == "/flow/verify"


@pytest.mark.parametrize("path", FORMS)
async def test_a_post_without_ticket_is_refused(shared_house: TestHouse, path: str) -> None:
    """From our own origin, as old browsers say nothing about it."""
    browser = await to_numbers(shared_house.browser())
    answer = await browser.client.post(f"{ISSUER}{path}", data={"answer": "yes"})
    assert (answer.status_code, page_number(answer)) == (400, DIRECT)


async def test_the_ticket_of_the_attackers_login_is_refused(shared_house: TestHouse) -> None:
    """A ticket is for one login; the victim's browser does not have that one's cookie."""
    attacker = await to_numbers(shared_house.browser())
    victim = await to_numbers(shared_house.browser())
    form = attacker.forms[-1].fields | {"customer_number": "100245", "invoice_number": "1007001"}
    answer = await victim.client.post(f"{ISSUER}/flow/verify", data=form)
    assert answer.status_code == 400
    await victim.go(victim.url)
    assert victim.path == "/flow/verify"


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_a_sign_out_cannot_be_confirmed_from_elsewhere(
    shared_house: TestHouse, headers: dict[str, str]
) -> None:
    """With the right ticket of the right session: the session lives on (81)."""
    browser = shared_house.browser()
    await sign_in(browser)
    await browser.go(f"{ISSUER}/logout")
    form = browser.forms[-1].fields
    answer = await browser.client.post(f"{ISSUER}/logout", data=form, headers=headers)
    assert (answer.status_code, page_number(answer)) == (400, BAD_REQUEST)
    await browser.go(f"{ISSUER}/logout")
    assert browser.forms[-1].fields["ticket"]
