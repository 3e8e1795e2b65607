"""The header limit of the real server, on a loopback socket."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, Router

from broker.middleware.protocol import MAX_RAW_HEADERS, limited_protocol

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE = 0.5
COOKIES = ("farstu-flow0=; Max-Age=0; Path=/",)


async def _echo(request: Request) -> PlainTextResponse:
    length = len(await request.body())
    return PlainTextResponse(f"{request.headers.get('x-late', '')}{length}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port() -> AsyncIterator[int]:
    """A server of our protocol on a free port."""
    app = Router([Route("/", _echo, methods=["GET", "POST"])])
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        http=limited_protocol(COOKIES, patience=PATIENCE),
        log_level="critical",
        lifespan="off",
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def _send(port: int, *chunks: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(0)
        return await asyncio.wait_for(reader.read(65536), 5)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def _request(headers: bytes = b"", body: bytes = b"") -> bytes:
    length = b"Content-Length: %d\r\n" % len(body)
    return b"POST / HTTP/1.1\r\nHost: x\r\n" + length + headers + b"\r\n" + body


async def test_a_usual_request_passes(port: int) -> None:
    """Headers of a few kilobytes, a body larger than the header limit."""
    answer = await _send(port, _request(b"Cookie: " + b"c" * 9000 + b"\r\n", b"x" * 60000))
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"60000")


async def test_too_many_header_bytes_are_refused(port: int) -> None:
    """431, the flow cookies cleared, the connection closed."""
    answer = await _send(port, _request(b"Cookie: " + b"c" * (MAX_RAW_HEADERS + 1) + b"\r\n"))
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"Set-Cookie: farstu-flow0=; Max-Age=0; Path=/\r\n" in answer
    assert b"Connection: close\r\n" in answer


async def test_headers_without_an_end_are_refused(port: int) -> None:
    """Drop by drop: they are counted as they come, and never held."""
    drop = b"X-Drop: " + b"y" * 900 + b"\r\n"
    drops = [b"POST / HTTP/1.1\r\nHost: x\r\n", *[drop] * (MAX_RAW_HEADERS // len(drop) + 1)]
    assert (await _send(port, *drops)).startswith(b"HTTP/1.1 431 ")


async def test_each_request_of_a_connection_has_the_whole_limit(port: int) -> None:
    """Keep-alive: what came before does not count."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(6):
        writer.write(_request(b"X-Some: " + b"y" * 9000 + b"\r\n", b"z" * 9000))
        await writer.drain()
        answer = await asyncio.wait_for(reader.readuntil(b"9000"), 5)
        assert answer.startswith(b"HTTP/1.1 200")
    writer.close()


async def test_what_follows_a_body_is_no_header(port: int) -> None:
    """Trailers are thrown away, however many there are: nothing holds them, nobody reads them."""
    start = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n"
    trailers = [b"X-Late: " + b"y" * 900 + b"\r\n"] * (2 * MAX_RAW_HEADERS // 900)
    answer = await _send(port, start, *trailers, b"\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"\r\n\r\n3")


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na=b",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n",
    ],
    ids=["nothing", "a line's end", "half a header", "half a body", "half of a second one"],
)
async def test_who_does_not_go_on_is_let_go_of(port: int, begun: bytes) -> None:
    """A connection that brings no whole request is closed in bounded time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(begun)
    await asyncio.wait_for(reader.read(), 10 * PATIENCE)
    writer.close()


async def test_drops_do_not_buy_more_time(port: int) -> None:
    """A request has so long in all, however often a byte of it comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n")
    ended = asyncio.create_task(reader.read())
    for _ in range(100):
        writer.write(b"a")
        await asyncio.sleep(PATIENCE / 10)
        if ended.done():
            break
    assert ended.done()
    writer.close()
