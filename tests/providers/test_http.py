"""The way out: what is called, how often, how long, and what comes of it."""

import asyncio
from collections.abc import Iterator

import httpx
import httpx2
import pytest
import respx

from providers.breaker import Breaker
from providers.errors import UpstreamUnavailable
from providers.failed_check import CheckFailed
from providers.http import Answer, Outbound
from providers.registration import Limits
from tests.providers.upstream import Clock

URL = "https://id.example.org/x"


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    """A breaker of its own, to look at."""
    return Breaker(clock)


@pytest.fixture
def outbound(client: httpx2.AsyncClient, breaker: Breaker) -> Outbound:
    """The way out to one host."""
    return Outbound("upstream", client, breaker, hosts={"id.example.org"}, limits=Limits())


@pytest.fixture
def route(router: respx.Router) -> respx.Route:
    """What answers at URL, GET and POST."""
    return router.route(url=URL)


async def test_an_answer_is_status_and_body(outbound: Outbound, route: respx.Route) -> None:
    """4xx is an answer like 2xx: the caller reads it."""
    route.respond(404, text="nothing here")
    assert await outbound.get(URL, endpoint="profile") == Answer(404, b"nothing here")


@pytest.mark.parametrize(
    "url",
    [
        "http://id.example.org/x",
        "https://evil.example/x",
        "https://id.example.org:444/x",
        "https://u@id.example.org/x",
        "ftp://id.example.org/x",
        "http://localhost/x",
        "",
    ],
)
async def test_other_addresses_are_not_called(
    outbound: Outbound, router: respx.Router, url: str
) -> None:
    """Only https, only this provider's hosts."""
    for call in (outbound.get(url, endpoint="profile"), outbound.post(url, {"a": "b"})):
        with pytest.raises(CheckFailed) as failure:
            await call
        assert failure.value.check == "address"
    assert not router.calls


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
async def test_a_redirect_is_a_failure(
    outbound: Outbound, router: respx.Router, route: respx.Route, status: int
) -> None:
    """Nobody sends our secret on to somewhere else."""
    route.respond(status, headers={"Location": "https://id.example.org/y"})
    with pytest.raises(CheckFailed) as failure:
        await outbound.post(URL, {"client_secret": "s"})
    assert failure.value.check == "redirect"
    assert router.calls.call_count == 1


TROUBLES = [
    httpx.Response(500),
    httpx.Response(502, text="<html>"),
    httpx.Response(503),
    httpx.Response(599),
    httpx2.ConnectError("refused"),
    httpx2.ConnectTimeout("slow"),
    httpx2.ReadTimeout("slow"),
    httpx2.RemoteProtocolError("cut"),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
async def test_get_is_tried_once_more(
    outbound: Outbound, route: respx.Route, trouble: httpx.Response | Exception
) -> None:
    """Reading twice harms nobody."""
    route.mock(side_effect=[trouble, httpx.Response(200, text="good")])
    assert (await outbound.get(URL, endpoint="profile")).body == b"good"


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
async def test_post_is_never_repeated(
    outbound: Outbound, route: respx.Route, trouble: httpx.Response | Exception
) -> None:
    """A code is good once."""
    route.mock(side_effect=[trouble, httpx.Response(200, text="good")])
    with pytest.raises(UpstreamUnavailable):
        await outbound.post(URL, {"code": "c"})
    assert route.call_count == 1


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
async def test_timeouts_and_5xx_open_the_breaker(
    outbound: Outbound, route: respx.Route, trouble: httpx.Response | Exception
) -> None:
    """Five in a row, whatever the mixture; then nothing is sent."""
    route.mock(side_effect=[trouble] * 5)
    for _ in range(5):
        assert outbound.is_up
        with pytest.raises(UpstreamUnavailable):
            await outbound.post(URL, {})
    assert not outbound.is_up
    with pytest.raises(UpstreamUnavailable):
        await outbound.post(URL, {})
    assert route.call_count == 5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 999, 302])
async def test_answers_never_open_the_breaker(
    outbound: Outbound, route: respx.Route, status: int
) -> None:
    """An attacker's bad codes must not take the provider away from everybody."""
    route.respond(status)
    for _ in range(20):
        try:
            await outbound.post(URL, {})
        except (UpstreamUnavailable, CheckFailed):
            continue
    assert outbound.is_up
    assert route.call_count == 20


async def test_an_answer_that_must_not_be_used_is_an_answer(
    outbound: Outbound, route: respx.Route
) -> None:
    """It begins the count of failures anew, like any other."""
    down, packed = httpx.Response(503), httpx.Response(200, headers={"Content-Encoding": "gzip"})
    route.mock(side_effect=[*[down] * 4, packed, down])
    for _ in range(6):
        with pytest.raises((UpstreamUnavailable, CheckFailed)):
            await outbound.post(URL, {})
    assert outbound.is_up


@pytest.mark.parametrize("status", [429, 999])
async def test_throttling_is_unavailable(
    outbound: Outbound, route: respx.Route, status: int
) -> None:
    """429, and Yahoo's old 999."""
    route.respond(status)
    with pytest.raises(UpstreamUnavailable):
        await outbound.get(URL, endpoint="profile")


async def test_a_body_over_the_cap_is_refused(outbound: Outbound, route: respx.Route) -> None:
    """The last byte that fits is let in, the next is not."""
    route.respond(content=b"x" * 262_144)
    assert len((await outbound.get(URL, endpoint="profile")).body) == 262_144
    route.respond(content=b"x" * 262_145)
    with pytest.raises(CheckFailed) as failure:
        await outbound.get(URL, endpoint="profile")
    assert failure.value.check == "body_size"
    assert outbound.is_up


async def test_an_endless_body_is_not_read_to_its_end(
    outbound: Outbound, route: respx.Route
) -> None:
    """Reading stops at the cap."""
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b"x" * 65_536

    class Body(httpx.AsyncByteStream):
        async def __aiter__(self):  # noqa: ANN204 - httpx's own shape
            for part in endless():
                yield part

    route.mock(return_value=httpx.Response(200, stream=Body()))
    with pytest.raises(CheckFailed):
        await outbound.get(URL, endpoint="profile")
    assert sent <= 262_144 + 65_536


async def test_compressed_bodies_are_refused(outbound: Outbound, route: respx.Route) -> None:
    """A small body may unpack to a big one; we ask for none."""
    route.respond(headers={"Content-Encoding": "gzip"}, content=b"\x1f\x8b")
    with pytest.raises(CheckFailed) as failure:
        await outbound.get(URL, endpoint="profile")
    assert failure.value.check == "content_encoding"
    assert route.calls.last.request.headers["Accept-Encoding"] == "identity"


async def test_the_whole_call_has_an_end(
    client: httpx2.AsyncClient, breaker: Breaker, route: respx.Route
) -> None:
    """A provider that drips cannot hold a login for longer than the total."""

    async def drip(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(5)
        return httpx.Response(200)

    route.mock(side_effect=drip)
    outbound = Outbound(
        "upstream", client, breaker, hosts={"id.example.org"}, limits=Limits(total=0.01)
    )
    with pytest.raises(UpstreamUnavailable) as failure:
        await outbound.get(URL, endpoint="profile")
    assert "total" in failure.value.detail


async def test_a_slow_provider_has_only_its_own_places(
    client: httpx2.AsyncClient, breaker: Breaker, route: respx.Route
) -> None:
    """More calls than places are refused at once, and the places come back."""
    gate = asyncio.Event()

    async def wait(_: httpx.Request) -> httpx.Response:
        await gate.wait()
        return httpx.Response(200)

    route.mock(side_effect=wait)
    limits = Limits(concurrent=2)
    outbound = Outbound("upstream", client, breaker, hosts={"id.example.org"}, limits=limits)
    first = [asyncio.create_task(outbound.get(URL, endpoint="profile")) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(UpstreamUnavailable):
        await outbound.get(URL, endpoint="profile")
    gate.set()
    assert [answer.status for answer in await asyncio.gather(*first)] == [200, 200]
    assert (await outbound.get(URL, endpoint="profile")).status == 200


async def test_cookies_do_not_travel(outbound: Outbound, route: respx.Route) -> None:
    """The client is shared: what one login was given must not go with another's."""
    route.respond(headers={"Set-Cookie": "fpc=abc; Path=/; Secure"})
    await outbound.get(URL, endpoint="profile")
    await outbound.get(URL, endpoint="profile")
    assert "Cookie" not in route.calls.last.request.headers


async def test_no_origin_is_sent(outbound: Outbound, route: respx.Route) -> None:
    """Microsoft refuses a web client that sends one."""
    await outbound.post(URL, {"a": "b"})
    assert "Origin" not in route.calls.last.request.headers


async def test_errors_hold_nothing_secret(outbound: Outbound, route: respx.Route) -> None:
    """What is logged names the host and the kind of trouble."""
    route.mock(side_effect=httpx2.ReadTimeout("slow"))
    with pytest.raises(UpstreamUnavailable) as failure:
        await outbound.post(URL, {"client_secret": "hush", "code": "c0de"})
    said = f"{failure.value} {failure.value.detail}"
    assert "hush" not in said
    assert "c0de" not in said
    assert "ReadTimeout" in said
