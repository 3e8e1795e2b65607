"""Requirements 41 to 43: an address that is not registered gets a page, never a redirect."""

from urllib.parse import urlsplit

import pytest

from tests.house import PORTAL, REDIRECT, TestHouse, authorize_url
from tests.walking import BAD_CLIENT, BAD_REQUEST, is_at_portal, page_number

pytestmark = pytest.mark.asyncio(loop_scope="session")

VARIANTS = [
    "https://evil.example/callback",
    "https://portal.example",
    "https://portal.example/",
    "https://portal.example/callback/",
    "https://portal.example/callback//",
    "https://portal.example//callback",
    "https://portal.example/callback/more",
    "https://portal.example/Callback",
    "https://PORTAL.example/callback",
    "HTTPS://portal.example/callback",
    "http://portal.example/callback",
    "https://portal.example:443/callback",
    "https://portal.example:8443/callback",
    "https://portal.example./callback",
    "https://portal.example/callback?",
    "https://portal.example/callback?x=1",
    "https://portal.example/callback#",
    "https://portal.example/callback#fragment",
    "https://portal.example/callback;x",
    "https://portal.example/callback%2f",
    "https://portal.example/%63allback",
    "https://portal.example/callback%00",
    "https://portal.example/callback%20",
    "https://portal.example/./callback",
    "https://portal.example/a/../callback",
    "https://portal.example/callback/..",
    "https://portal.example\\@evil.example/callback",
    "https://portal.example@evil.example/callback",
    "https://user:pw@portal.example/callback",
    "https://portal.example.evil.example/callback",
    "https://evil.example/https://portal.example/callback",
    "https://evil.example/?https://portal.example/callback",
    "https://evil.example#https://portal.example/callback",
    "//portal.example/callback",
    "/callback",
    "callback",
    "https:portal.example/callback",
    "https:///portal.example/callback",
    "javascript:alert(1)//https://portal.example/callback",
    "data:text/html,https://portal.example/callback",
    " https://portal.example/callback",
    "https://portal.example/callback ",
    "https://portal.example/callback\t",
    "https://portal.example/callback\r\nX: y",
    "https://portal.еxample/callback",
    "https://portal.example/callback https://evil.example/",
    "http://localhost/callback",
    "http://127.0.0.1:5000/callback",
    "com.example.app:/callback",
    "urn:ietf:wg:oauth:2.0:oob",
]


@pytest.mark.parametrize("address", VARIANTS)
async def test_a_variant_of_the_address_is_a_page(shared_house: TestHouse, address: str) -> None:
    """Compared by exact string: no normalising, folding, prefix or wildcard (41, 43)."""
    browser = await shared_house.browser().go(authorize_url(redirect_uri=address))
    assert browser.page.status_code == 400
    assert "location" not in browser.page.headers
    assert page_number(browser) == BAD_CLIENT
    hosts = {urlsplit(link).netloc for link in browser.links}
    assert hosts <= {"", "localhost:8000", "portal.example"}


@pytest.mark.parametrize(
    "changes",
    [
        {"response_type": "token"},
        {"response_type": ""},
        {"scope": "nothing-known"},
        {"scope": ""},
        {"prompt": "none"},
        {"prompt": "none login"},
        {"max_age": "-1"},
        {"request": "e30.e30."},
        {"request_uri": "https://evil.example/request"},
        {"response_mode": "form_post"},
        {"response_mode": "fragment"},
        {"code_challenge": ""},
        {"display": "hologram"},
        {"id_token_hint": "x"},
    ],
    ids=str,
)
async def test_no_other_error_is_sent_to_a_wrong_address(
    shared_house: TestHouse, changes: dict[str, str]
) -> None:
    """Whatever else is wrong with the request, the address is judged first (43)."""
    url = authorize_url(redirect_uri="https://evil.example/", **changes)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    body = url.partition("?")[2].encode()
    async with shared_house.client() as client:
        by_get = await client.get(url)
        by_post = await client.post("/authorize", content=body, headers=headers)
    for answer in (by_get, by_post):
        assert (answer.status_code, page_number(answer)) == (400, BAD_CLIENT)
        assert "location" not in answer.headers


@pytest.mark.parametrize("client_id", ["", "nobody", "Portal", "portal ", "pörtal", "x" * 3000])
async def test_an_unknown_client_is_a_page(shared_house: TestHouse, client_id: str) -> None:
    """With a well-known address as much as with any other (43)."""
    async with shared_house.client() as client:
        answer = await client.get(authorize_url(client_id))
    assert (answer.status_code, page_number(answer)) == (400, BAD_CLIENT)


@pytest.mark.parametrize("twice", ["client_id=portal", f"redirect_uri={REDIRECT}"])
async def test_a_repeated_client_or_address_is_a_page(shared_house: TestHouse, twice: str) -> None:
    """Nobody can say which of the two was meant (43, 50)."""
    async with shared_house.client() as client:
        answer = await client.get(f"{authorize_url()}&{twice}")
    assert (answer.status_code, page_number(answer)) == (400, BAD_REQUEST)


async def test_no_address_is_a_page(shared_house: TestHouse) -> None:
    """Also with a client that has but one (Core section 3.1.2.1)."""
    async with shared_house.client() as client:
        answer = await client.get(authorize_url(redirect_uri=""))
    assert (answer.status_code, page_number(answer)) == (400, BAD_CLIENT)


async def test_another_clients_address_is_a_page(shared_house: TestHouse) -> None:
    """Registered is registered for this client (41)."""
    async with shared_house.client() as client:
        answer = await client.get(authorize_url(redirect_uri=f"{PORTAL}/bye"))
    assert (answer.status_code, page_number(answer)) == (400, BAD_CLIENT)


async def test_the_registered_address_works(shared_house: TestHouse) -> None:
    """What the table above would have been without its one difference."""
    browser = await shared_house.browser().go(authorize_url(prompt="none"))
    assert is_at_portal(browser)
    assert browser.query["error"] == "login_required"
