"""Wrong methods and unknown paths: a page for people, JSON for programs, with `Allow`."""

import pytest

from tests.asgi import send_raw
from tests.house import TestHouse
from tests.walking import NOT_FOUND, WRONG_METHOD, page_number

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOTH = [
    "/authorize",
    "/logout",
    "/flow/choose",
    "/flow/new",
    "/flow/whose",
    "/flow/verify",
    "/flow/done",
    "/account/not-me",
    "/flow/consent",
    "/flow/leave",
]
GET_ONLY = ["/", "/help", "/help/privacy", "/flow", "/callback/google", "/livez", "/readyz"]
DOCUMENTS = [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/jwks",
]
UNUSED = ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"]


@pytest.mark.parametrize("path", [*BOTH, *GET_ONLY])
async def test_a_wrong_method_on_a_page(shared_house: TestHouse, path: str) -> None:
    """405 with `Allow`; also OPTIONS, since no page is for other origins (71)."""
    for method in UNUSED:
        answer = await send_raw(shared_house, method, path)
        assert answer.status == 405, method
        assert b"GET" in answer.header(b"allow"), method
        assert not answer.header(b"access-control-allow-origin"), method


@pytest.mark.parametrize("path", [*GET_ONLY, *DOCUMENTS])
async def test_posting_to_what_is_only_read(shared_house: TestHouse, path: str) -> None:
    """405."""
    async with shared_house.client() as client:
        assert (await client.post(path)).status_code == 405


@pytest.mark.parametrize("method", ["GET", *UNUSED])
async def test_the_token_endpoint_is_post_only(shared_house: TestHouse, method: str) -> None:
    """Also with the parameters of a good request in the query (53)."""
    query = b"grant_type=authorization_code&code=x&client_id=open"
    answer = await send_raw(shared_house, method, "/token", query=query)
    assert answer.status == 405
    assert answer.header(b"content-type") == b"application/json"
    assert answer.header(b"cache-control") == b"no-store"


async def test_parameters_in_the_token_endpoints_address_do_not_count(
    shared_house: TestHouse,
) -> None:
    """Only the body is read (53)."""
    async with shared_house.client() as client:
        answer = await client.post("/token?grant_type=authorization_code&code=x&client_id=open")
    assert answer.json()["error"] == "invalid_request"


@pytest.mark.parametrize("path", [*DOCUMENTS, "/userinfo"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_a_wrong_method_for_programs(shared_house: TestHouse, path: str, method: str) -> None:
    """405 as JSON (87)."""
    async with shared_house.client() as client:
        answer = await client.request(method, path)
    assert (answer.status_code, answer.json()["error"]) == (405, "invalid_request")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/authorize/",
        "/Authorize",
        "/flow/",
        "/flow/nothing",
        "/callback",
        "/callback/a/b",
        "/help/nothing",
        "/static/nothing.css",
        "/static/..%2f..%2fetc%2fpasswd",
        "/static/farstu.css",
        "/admin",
        "/.env",
        "/%2e%2e/",
        "/\u2028",
        "/å",
    ],
)
async def test_an_unknown_path_is_a_page(shared_house: TestHouse, path: str) -> None:
    """404, with a way on; a slash more is another path."""
    async with shared_house.client() as client:
        answer = await client.get(path)
    assert (answer.status_code, page_number(answer)) == (404, NOT_FOUND)


async def test_a_wrong_method_page_says_so(shared_house: TestHouse) -> None:
    """Its own page, not a fault."""
    async with shared_house.client() as client:
        answer = await client.delete("/flow/verify")
    assert page_number(answer) == WRONG_METHOD


@pytest.mark.parametrize("path", ["/", "/authorize", "/help", "/jwks", "/nothing", "/token"])
async def test_every_answer_has_the_security_headers(shared_house: TestHouse, path: str) -> None:
    """Also refusals and documents (74)."""
    async with shared_house.client() as client:
        headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("path", DOCUMENTS)
async def test_documents_are_for_everybody_and_pages_for_nobody_else(
    shared_house: TestHouse, path: str
) -> None:
    """Discovery and keys are CORS-open and cacheable; `/authorize` is neither (71)."""
    async with shared_house.client() as client:
        document = await client.get(path, headers={"origin": "https://spa.example"})
        page = await client.get("/authorize", headers={"origin": "https://spa.example"})
    assert document.headers["access-control-allow-origin"] == "*"
    assert document.headers["cache-control"].startswith("public, max-age=")
    assert "access-control-allow-origin" not in page.headers
    assert page.headers["cache-control"] == "no-store"


async def test_the_key_set_holds_public_members_only(shared_house: TestHouse) -> None:
    """No private member of any key type (71)."""
    async with shared_house.client() as client:
        keys = (await client.get("/jwks")).json()["keys"]
    assert {key["kty"] for key in keys} == {"RSA", "EC", "OKP"}
    for key in keys:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k", "oth"} & key.keys()
