"""Requirement 117: who says that a request was forwarded is believed only if we know them."""

import json

import httpx2
import pytest
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from broker.middleware.proxies import TrustedProxies, is_trusted

HOPS = ("10.0.0.5", "10.1.0.0/16", "2001:db8::/64")
VISITOR = "203.0.113.9"
FORGED = {
    "x-forwarded-for": "198.51.100.1",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil.example",
    "x-real-ip": "198.51.100.1",
    "forwarded": "for=198.51.100.1;proto=https",
    "x-request-id": "forged",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
}


async def _mirror(scope: Scope, receive: Receive, send: Send) -> None:
    """Tell what is known of the visitor."""
    request = Request(scope)
    told = {
        "client": request.client.host if request.client else "",
        "scheme": request.url.scheme,
        "trusted": is_trusted(scope),
        "headers": sorted(set(request.headers) & set(FORGED)),
        "log": structlog.contextvars.get_contextvars(),
    }
    await JSONResponse(told)(scope, receive, send)


async def _ask(peer: str, hops: tuple[str, ...] = HOPS, **headers: str) -> dict[str, object]:
    app = TrustedProxies(_mirror, hops=hops)
    transport = httpx2.ASGITransport(app, client=(peer, 50000))
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx2.AsyncClient(transport=transport, base_url="http://broker") as client:
        told: dict[str, object] = json.loads((await client.get("/", headers=sent)).text)
    return told


@pytest.mark.parametrize("peer", [VISITOR, "10.0.0.6", "10.2.0.1", "2001:db8:1::1", "nonsense"])
async def test_nobody_else_is_believed(peer: str) -> None:
    """Every forwarding header of a stranger is taken out; address and scheme stay the socket's."""
    told = await _ask(peer, **{name.replace("-", "_"): value for name, value in FORGED.items()})
    assert told == {
        "client": peer,
        "scheme": "http",
        "trusted": False,
        "headers": [],
        "log": {},
    }


async def test_by_default_nobody_at_all_is_believed() -> None:
    """Loopback and private addresses are nothing special: what is not named is a stranger."""
    for peer in ("127.0.0.1", "::1", "10.0.0.5"):
        told = await _ask(peer, hops=(), x_forwarded_for="198.51.100.1")
        assert (told["client"], told["trusted"]) == (peer, False)


@pytest.mark.parametrize(
    ("forwarded", "visitor"),
    [
        (VISITOR, VISITOR),
        (f"198.51.100.1, {VISITOR}", VISITOR),
        (f"127.0.0.1, 10.0.0.5, {VISITOR}", VISITOR),
        (f"198.51.100.1, {VISITOR}, 10.1.2.3", VISITOR),
        (f"198.51.100.1, {VISITOR}, 10.1.2.3, 10.1.9.9", VISITOR),
        (f"{VISITOR}, 10.2.0.1, 10.1.2.3", "10.2.0.1"),
        ("2001:db8:f::1, 2001:db8::7", "2001:db8:f::1"),
    ],
    ids=["one", "spoofed", "spoofed as ours", "two hops", "three", "a hop unknown", "IPv6"],
)
async def test_the_visitor_is_the_rightmost_stranger(forwarded: str, visitor: str) -> None:
    """What somebody wrote into the header before our first proxy saw it means nothing."""
    told = await _ask("10.0.0.5", x_forwarded_for=forwarded, x_forwarded_proto="https")
    assert (told["client"], told["scheme"], told["trusted"]) == (visitor, "https", True)


async def test_a_scheme_is_one_that_there_is() -> None:
    """Even a proxy of ours can only say http or https."""
    told = await _ask("10.0.0.5", x_forwarded_for=VISITOR, x_forwarded_proto="javascript")
    assert told["scheme"] == "http"


async def test_a_proxys_name_for_the_request_stands_in_the_log() -> None:
    """Beside our own, under a name of its own."""
    told = await _ask("10.1.0.9", x_request_id="caddy-7f3a/1")
    assert told["log"] == {"proxy_request_id": "caddy-7f3a/1"}


@pytest.mark.parametrize("name", ["", "a b", 'x","level":"error', "x" * 65, "a;b", "å"])
async def test_a_name_that_is_none_is_left_out(name: str) -> None:
    """Nothing but letters, digits and a few marks, and not long (113)."""
    told = await _ask("10.1.0.9", x_request_id=name.encode("latin-1"))  # type: ignore[arg-type]
    assert told["log"] == {}
