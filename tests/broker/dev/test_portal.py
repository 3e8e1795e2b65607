"""The example portal: what a relying party has to do, and what it must not take for granted."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from broker.dev.portal import Entrance, build
from tests.broker.dev.issuer import AUDIENCE, ISSUER, Issuer

ORIGIN = "http://localhost:8002"
SECRET = "a-secret-that-only-this-test-knows-0123"


@pytest.fixture
async def browser(issuer: Issuer) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser at the portal of two companies."""
    entrances = [
        Entrance(key, f"Mina sidor {key}", key.title(), f"mina-sidor-{key}", SECRET, api)
        for key, api in (("elnat", AUDIENCE), ("elhandel", f"{ORIGIN}/api/elhandel"))
    ]
    portal = build(ORIGIN, ISSUER, entrances, transport=issuer.transport)
    async with (
        portal.router.lifespan_context(portal),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(portal), base_url=ORIGIN) as http,
    ):
        yield http


async def leave(
    browser: httpx2.AsyncClient, issuer: Issuer, path: str = "/elnat/login"
) -> dict[str, str]:
    """Go to the broker; returns what the portal asked there."""
    answer = await browser.get(path)
    assert answer.status_code == 302
    asked = {name: value for name, [value] in parse_qs(query_of(answer)).items()}
    issuer.nonce = asked["nonce"]
    return asked


async def come_back(
    browser: httpx2.AsyncClient, asked: dict[str, str], **answer: str
) -> httpx2.Response:
    """Return from the broker with a code, or with what is given."""
    told = {"state": asked["state"], "iss": ISSUER} | (answer or {"code": "the-code"})
    return await browser.get("/elnat/callback", params=told)


async def sign_in(browser: httpx2.AsyncClient, issuer: Issuer) -> httpx2.Response:
    """All the way."""
    return await come_back(browser, await leave(browser, issuer))


def query_of(answer: httpx2.Response) -> str:
    """The query of where a redirect leads."""
    return urlsplit(answer.headers["location"]).query


async def is_signed_in(browser: httpx2.AsyncClient) -> bool:
    """Whether the entrance knows somebody."""
    return "Logga ut" in (await browser.get("/elnat")).text


async def test_it_asks_for_a_code_with_pkce_state_and_nonce(
    browser: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """RFC 9700 section 2.1.1; the exact redirect address; the reader's language."""
    asked = await leave(browser, issuer)
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 22
    assert len(asked["nonce"]) >= 16
    assert asked["redirect_uri"] == f"{ORIGIN}/elnat/callback"
    assert asked["ui_locales"] == "sv"


async def test_signing_in_shows_the_customer_and_the_invoice(
    browser: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """Name, customer number and the newest invoice, from userinfo and the API."""
    answer = await sign_in(browser, issuer)
    assert answer.headers["location"] == "/elnat"
    page = (await browser.get("/elnat")).text
    assert "Hej Kai Test!" in page
    assert "100423" in page
    assert "1\u00a0234,50\u00a0kr" in page
    assert issuer.redeemed["code"] == ["the-code"]
    assert len(issuer.redeemed["code_verifier"][0]) >= 43


async def test_the_browser_gets_a_new_opaque_cookie_and_no_token(
    browser: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """Session fixation: the name from before the login is worth nothing after it."""
    asked = await leave(browser, issuer)
    before = browser.cookies["portal"]
    answer = await come_back(browser, asked)
    assert browser.cookies["portal"] != before
    assert "eyJ" not in answer.headers["set-cookie"]
    assert "HttpOnly; SameSite=Lax" in answer.headers["set-cookie"]
    browser.cookies.set("portal", before, domain="localhost.local")
    thief = {"cookie": f"portal={before}"}
    assert "Logga ut" not in (await browser.get("/elnat", headers=thief)).text


async def test_the_address_that_was_wanted_survives_the_login(
    browser: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """From a letter's link through the login to the invoice."""
    answer = await browser.get("/elnat/invoices/i_1?lang=en")
    asked = await leave(browser, issuer, answer.headers["location"])
    answer = await come_back(browser, asked)
    assert answer.headers["location"] == "/elnat/invoices/i_1?lang=en"
    assert "SEK 1,234.50" in (await browser.get(answer.headers["location"])).text


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/elnat/",
        "//evil.example/elnat/",
        "/elhandel/invoices",
        "/elnat/../elhandel",
        "/elnat\\..\\",
        "/elnat/logout",
        "\t//evil.example",
        "http://localhost:8002@evil.example/elnat/",
        "/elnat/\r\nSet-Cookie: a=b",
        "/elnat//evil.example",
        "javascript:alert(1)",
    ],
)
async def test_nobody_is_sent_anywhere_else(
    browser: httpx2.AsyncClient, issuer: Issuer, to: str
) -> None:
    """No open redirector: what is not a page of this entrance becomes its first page."""
    asked = await leave(browser, issuer, f"/elnat/login?{httpx2.QueryParams(to=to)}")
    answer = await come_back(browser, asked)
    assert answer.headers["location"] == "/elnat"


async def test_a_login_can_be_started_by_others(
    browser: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """OpenID Connect Core section 4: `iss`, `login_hint` and `target_link_uri`."""
    query = httpx2.QueryParams(
        iss=ISSUER, login_hint="k", target_link_uri=f"{ORIGIN}/elnat/invoices"
    )
    asked = await leave(browser, issuer, f"/elnat/login?{query}")
    assert asked["login_hint"] == "k"
    assert (await come_back(browser, asked)).headers["location"] == "/elnat/invoices"


async def test_another_issuer_cannot_start_a_login(browser: httpx2.AsyncClient) -> None:
    """The same door, somebody else's name on the request."""
    answer = await browser.get("/elnat/login", params={"iss": "https://evil.example"})
    assert answer.status_code == 400


@pytest.mark.parametrize("iss", ["https://evil.example", ""])
async def test_an_answer_from_another_issuer_is_refused(
    browser: httpx2.AsyncClient, issuer: Issuer, iss: str
) -> None:
    """RFC 9207 section 2.4: no code goes to our broker that another one handed out."""
    answer = await come_back(browser, await leave(browser, issuer), code="c", iss=iss)
    assert answer.status_code == 400
    assert issuer.redeemed == {}
    assert not await is_signed_in(browser)


async def test_an_answer_that_nobody_asked_for_is_refused(
    browser: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """A state that is not this browser's: login CSRF."""
    asked = await leave(browser, issuer)
    browser.cookies.clear()
    assert (await come_back(browser, asked)).status_code == 400
    assert issuer.redeemed == {}


async def test_an_answer_counts_once(browser: httpx2.AsyncClient, issuer: Issuer) -> None:
    """The same address again, from the browser's history: start again."""
    asked = await leave(browser, issuer)
    await come_back(browser, asked)
    assert (await come_back(browser, asked)).status_code == 400


WRONG: list[dict[str, Any]] = [
    {"id_token": None},
    {"id_token": {"nonce": "another"}},
    {"id_token": {"aud": "mina-sidor-elhandel"}},
    {"id_token": {"iss": "https://evil.example"}},
    {"id_token": {"exp": 1}},
    {"id_token": {"at_hash": "wrong"}},
    {"userinfo": {"sub": "p_another"}},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
async def test_a_wrong_token_signs_nobody_in(
    browser: httpx2.AsyncClient, issuer: Issuer, wrong: dict[str, Any]
) -> None:
    """A missing ID token, a wrong claim, or a userinfo of somebody else (Core section 5.3.2)."""
    for name, value in wrong.items():
        setattr(issuer, name, value)
    assert (await sign_in(browser, issuer)).status_code == 502
    assert not await is_signed_in(browser)


async def test_saying_no_is_met_kindly(browser: httpx2.AsyncClient, issuer: Issuer) -> None:
    """`access_denied` is an answer, not an error."""
    answer = await come_back(browser, await leave(browser, issuer), error="access_denied")
    assert answer.status_code == 200
    assert "Du loggade inte in" in answer.text


@pytest.mark.parametrize("error", ["login_required", "interaction_required", "consent_required"])
async def test_a_silent_try_that_fails_shows_the_button(
    browser: httpx2.AsyncClient, issuer: Issuer, error: str
) -> None:
    """Signed in next door, asked with `prompt=none`, refused: once, and then one may choose."""
    await sign_in(browser, issuer)
    answer = await browser.get("/elhandel")
    asked = await leave(browser, issuer, answer.headers["location"])
    assert asked["prompt"] == "none"
    answer = await browser.get(
        "/elhandel/callback", params={"state": asked["state"], "iss": ISSUER, "error": error}
    )
    page = await browser.get(answer.headers["location"])
    assert page.status_code == 200
    assert "/elhandel/login" in page.text


async def test_a_token_that_the_api_takes_no_more_leads_to_the_login(
    browser: httpx2.AsyncClient, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And back to the same page; straight after a login it would go round, so it is told."""
    await sign_in(browser, issuer)
    issuer.api_status = 401
    assert (await browser.get("/elnat/invoices")).status_code == 502
    later = issuer.now + 120
    monkeypatch.setattr("broker.dev.portal.time.time", lambda: later)
    answer = await browser.get("/elnat/invoices")
    assert answer.headers["location"] == "/elnat/login?to=%2Felnat%2Finvoices"


@pytest.mark.parametrize("path", ["/elnat", "/elnat/invoices"])
async def test_an_ended_token_is_renewed_at_the_broker(
    browser: httpx2.AsyncClient, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Access tokens are short; whoever is still signed in at the broker notices nothing."""
    await sign_in(browser, issuer)
    later = issuer.now + 601
    monkeypatch.setattr("broker.dev.portal.time.time", lambda: later)
    answer = await browser.get(path)
    assert answer.headers["location"].startswith("/elnat/login?to=")


async def test_a_broken_api_is_told_without_a_trace(
    browser: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """The login stays."""
    await sign_in(browser, issuer)
    issuer.api_status = 500
    answer = await browser.get("/elnat/invoices")
    assert (answer.status_code, "Traceback" in answer.text) == (502, False)


async def test_signing_out_forgets_here_and_asks_the_broker(
    browser: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """RP-Initiated Logout section 2, with the ID token as the hint."""
    await sign_in(browser, issuer)
    answer = await browser.post("/elnat/logout", headers={"origin": ORIGIN})
    asked = parse_qs(query_of(answer))
    assert answer.headers["location"].startswith(f"{ISSUER}/logout?")
    assert asked["post_logout_redirect_uri"] == [f"{ORIGIN}/elnat/signed-out"]
    assert asked["id_token_hint"][0].startswith("eyJ")
    assert not await is_signed_in(browser)


async def test_another_site_cannot_sign_anybody_out(
    browser: httpx2.AsyncClient, issuer: Issuer
) -> None:
    """A form on somebody else's page has somebody else's origin."""
    await sign_in(browser, issuer)
    answer = await browser.post("/elnat/logout", headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert await is_signed_in(browser)


@pytest.mark.parametrize("path", ["/nowhere", "/elnat/nowhere", "/elnat/invoices/i_2"])
async def test_unknown_addresses_are_told_kindly(
    browser: httpx2.AsyncClient, issuer: Issuer, path: str
) -> None:
    """404 with a way on."""
    await sign_in(browser, issuer)
    answer = await browser.get(path)
    assert answer.status_code == 404
    assert "Sidan finns inte" in answer.text


@pytest.mark.parametrize("path", ["/", "/elnat", "/elnat/nowhere"])
async def test_every_page_has_a_strict_policy(browser: httpx2.AsyncClient, path: str) -> None:
    """No script at all, no foreign resource, no frame around it."""
    headers = (await browser.get(path)).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]


async def test_the_language_is_chosen_once(browser: httpx2.AsyncClient) -> None:
    """English stays English; Swedish is what everybody else gets."""
    assert 'lang="sv"' in (await browser.get("/")).text.partition(">")[2][:60]
    await browser.get("/?lang=en")
    assert "Three companies" in (await browser.get("/")).text
