"""Nothing that a stranger can put into an address makes us send anybody elsewhere."""

from urllib.parse import quote, urlsplit

import pytest

from tests.asgi import send_raw
from tests.house import ISSUER, TestHouse, authorize_url
from tests.walking import sign_in, to_first_question

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVIL = "https://evil.example/"
NAMES = [
    "next",
    "url",
    "return_to",
    "redirect",
    "redirect_url",
    "continue",
    "RelayState",
    "lang",
    "t",
]


@pytest.mark.parametrize(
    "path", ["/", "/flow", "/flow/choose", "/logout", "/help", "/callback/google"]
)
async def test_no_parameter_leads_elsewhere(shared_house: TestHouse, path: str) -> None:
    """Neither by redirect nor by a link on the page."""
    for name in NAMES:
        browser = await shared_house.browser().go(f"{ISSUER}{path}?{name}={quote(EVIL)}")
        assert browser.url.startswith(ISSUER), name
        assert not any(link.startswith(EVIL) for link in browser.links), name


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example",
        "//evil.example/%2e%2e",
        "/.//evil.example",
    ],
)
async def test_an_address_that_looks_like_another_host_stays_here(
    shared_house: TestHouse, path: str
) -> None:
    """The links of the page for unknown paths are relative to where it stands."""
    answer = await send_raw(shared_house, "GET", path, query=b"x=1")
    assert answer.status == 404
    assert b'href="//' not in answer.body
    assert b'href="/\\' not in answer.body
    assert b'href="/%5C' not in answer.body


@pytest.mark.parametrize(
    "address",
    [
        EVIL,
        "https://portal.example/bye/",
        "https://portal.example/callback",
        "//portal.example/bye",
        "javascript:alert(1)",
        "https://portal.example/bye?x=1",
    ],
)
@pytest.mark.parametrize("is_signed_in", [False, True])
async def test_a_sign_out_leads_to_registered_addresses_only(
    shared_house: TestHouse, address: str, is_signed_in: bool
) -> None:
    """With the client's name beside it or not, signed in or not (81)."""
    browser = shared_house.browser()
    if is_signed_in:
        await sign_in(browser)
    for client in ("", "&client_id=portal", "&client_id=nobody"):
        await browser.go(f"{ISSUER}/logout?post_logout_redirect_uri={quote(address)}{client}")
        assert browser.page.status_code == 400
        assert browser.url.startswith(ISSUER)
        assert not any(link.startswith(EVIL) for link in browser.links)


async def test_the_language_link_keeps_the_step(shared_house: TestHouse) -> None:
    """It is the page's own address with another language; a form that came back has none."""
    browser = await to_first_question(shared_house.browser())
    await browser.submit(action="/flow/new", answer="first")
    await browser.submit(action="/flow/whose", whose="mine")
    [english] = [link for link in browser.links if "lang=en" in link and "/help" not in link]
    await browser.go(english)
    assert browser.page.status_code == 200
    assert urlsplit(browser.url).path == "/flow/verify"
    assert '<html lang="en">' in browser.text
    await browser.submit(action="/flow/verify", customer_number="1", invoice_number="")
    assert not [link for link in browser.links if "lang=" in link and "/help" not in link]


@pytest.mark.parametrize(
    "hint", ["https://evil.example", "google@evil.example", "//evil", "nobody"]
)
async def test_idp_hint_names_a_provider_or_nothing(shared_house: TestHouse, hint: str) -> None:
    """An unknown one is ignored."""
    browser = await shared_house.browser().go(authorize_url(idp_hint=hint))
    assert browser.path == "/flow/choose"
