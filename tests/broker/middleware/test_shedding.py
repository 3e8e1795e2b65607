"""Overload is shed by concurrency, for everybody alike."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from broker.app.doors import house as rooms_of
from broker.middleware.shedding import ARRIVING, Shedding
from tests.house import TestHouse

LENGTH = [(b"content-length", b"3")]


class Slow:
    """An application that answers when it is let go."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.go_on.wait()
        await PlainTextResponse("served")(scope, receive, send)


def _refuse(_request: Request) -> Response:
    return PlainTextResponse("busy", 503)


async def test_one_too_many_is_refused_and_the_place_is_free_again() -> None:
    """Two are served, the third is told to come back; afterwards there is room."""
    slow = Slow()
    shedding = Shedding(slow, at_most=2, refuse=_refuse)
    transport = httpx2.ASGITransport(shedding)
    async with httpx2.AsyncClient(transport=transport, base_url="http://broker") as client:
        under_way = [asyncio.create_task(client.get("/flow")) for _ in range(2)]
        await asyncio.sleep(0.05)
        refused = await client.get("/flow")
        assert (refused.status_code, refused.text) == (503, "busy")
        slow.go_on.set()
        assert [(await each).text for each in under_way] == ["served", "served"]
        assert (await client.get("/flow")).text == "served"


async def test_probes_are_always_answered() -> None:
    """A full house is not a dead one."""
    slow = Slow()
    slow.go_on.set()
    shedding = Shedding(slow, at_most=0, refuse=_refuse)
    transport = httpx2.ASGITransport(shedding)
    async with httpx2.AsyncClient(transport=transport, base_url="http://broker") as client:
        assert (await client.get("/livez")).text == "served"
        assert (await client.get("/flow")).status_code == 503


@pytest.mark.parametrize("path", ["/", "/authorize", "/flow/verify", "/token", "/userinfo"])
async def test_who_is_refused_is_told_when_to_come_again(house: TestHouse, path: str) -> None:
    """People by a page, programs by JSON, both 503 with Retry-After (RFC 9110 section 10.2.3)."""
    house.town._transports["localhost:8000"].app = Shedding(
        house.app, at_most=0, refuse=rooms_of(house.parts, house.use).problems.busy
    )
    async with house.client() as client:
        answer = await client.get(path)
        assert (await client.get("/livez")).status_code == 200
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    is_json = answer.headers["content-type"].startswith("application/json")
    assert is_json == (path in {"/token", "/userinfo"})


class Dripping:
    """A body that has begun and does not go on until it is let go."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"a"
        await self.go_on.wait()
        yield b"=b"


async def _length(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


async def test_a_body_on_its_way_keeps_nobody_out() -> None:
    """A place is taken when all is here: who sends drop by drop waits alone, up to a limit."""
    dripping = Dripping()
    shedding = Shedding(_length, at_most=1, refuse=_refuse)

    async def post() -> int:
        status = 0

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)

        scope = {"type": "http", "method": "POST", "path": "/", "headers": LENGTH}
        pieces = aiter(dripping)

        async def receive() -> Message:
            piece = await anext(pieces, b"")
            return {"type": "http.request", "body": piece, "more_body": bool(piece)}

        await shedding(scope, receive, send)
        return status

    ends = [asyncio.create_task(post()) for _ in range(ARRIVING)]
    await asyncio.sleep(0.05)
    transport = httpx2.ASGITransport(shedding)
    async with httpx2.AsyncClient(transport=transport, base_url="http://broker") as client:
        assert (await client.get("/")).text == "0"
    assert await post() == 503
    dripping.go_on.set()
    assert await ends[0] == 200
    await asyncio.gather(*ends)


async def test_who_hangs_up_in_the_middle_of_a_body_leaves_no_trace() -> None:
    """Nothing is answered, nothing is counted on."""
    shedding = Shedding(_length, at_most=1, refuse=_refuse)

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def send(_message: Message) -> None:
        pytest.fail("nobody is there")

    scope = {"type": "http", "method": "POST", "path": "/", "headers": LENGTH}
    for _ in range(2 * ARRIVING):
        with pytest.raises(ClientDisconnect):
            await shedding(scope, gone, send)
