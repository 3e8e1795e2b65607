"""Requirements 10 and 72: our own address comes from the configuration, never from a request."""

import pytest

from tests.asgi import send_raw
from tests.house import ISSUER, TestHouse, authorize_url

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUERY = authorize_url().partition("?")[2].encode()
HOSTS = [
    b"evil.example",
    b"localhost",
    b"localhost:8001",
    b"localhost:8000.evil.example",
    b"localhost:8000@evil.example",
    b"evil.example#localhost:8000",
    b"localhost:8000, evil.example",
    b" localhost:8000x",
    b"",
    b"\xff",
    b"127.0.0.1:8000",
]


@pytest.mark.parametrize("host", HOSTS)
async def test_a_foreign_host_is_refused(shared_house: TestHouse, host: bytes) -> None:
    """400, on every path, with nothing of the header in the answer."""
    for path in ("/", "/authorize", "/token", "/jwks", "/flow", "/logout"):
        answer = await send_raw(shared_house, "GET", path, query=QUERY, headers=[(b"host", host)])
        assert answer.status == 400, path
        assert b"evil" not in answer.body, path
        assert not answer.header(b"location"), path
        assert not answer.header(b"set-cookie"), path


@pytest.mark.parametrize(
    "headers",
    [[], [(b"host", b"localhost:8000"), (b"host", b"evil.example")]],
    ids=["none", "two"],
)
async def test_one_host_and_ours(
    shared_house: TestHouse, headers: list[tuple[bytes, bytes]]
) -> None:
    """Neither none nor two."""
    assert (await send_raw(shared_house, "GET", "/", headers=headers)).status == 400


@pytest.mark.parametrize(
    "name",
    [
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded-port",
        "x-forwarded-prefix",
        "forwarded",
        "x-original-url",
        "x-rewrite-url",
        "x-host",
        "x-http-method-override",
    ],
)
async def test_forwarding_headers_change_nothing(shared_house: TestHouse, name: str) -> None:
    """Discovery, redirects and the address given to providers are the configured ones."""
    headers = {name: "https://evil.example/"}
    async with shared_house.client() as client:
        document = (await client.get("/.well-known/openid-configuration", headers=headers)).json()
        refused = await client.get(authorize_url(prompt="none"), headers=headers)
    assert document["issuer"] == ISSUER
    assert all("evil" not in str(value) for value in document.values())
    assert "iss=http%3A%2F%2Flocalhost%3A8000" in refused.headers["location"]
    browser = shared_house.browser()
    await browser.go(authorize_url(), **headers)
    await browser.submit("google")
    assert browser.query["redirect_uri"] == f"{ISSUER}/callback/google"
