"""What a host name may resolve to."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import httpcore2
import httpx2
import pytest

from providers import Registration, open_client
from providers.network import PublicNetwork, is_public
from providers.registration import Limits


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("192.0.0.9", True),
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("64:ff9b::808:808", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    """Loopback, private, link-local, metadata, and IPv4 in an IPv6 disguise."""
    assert is_public(address) is public


class FakeStream(httpcore2.AsyncNetworkStream):
    """A connection to some address."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.closed = False

    def get_extra_info(self, info: str) -> Any:
        return (self.address, 443) if info == "server_addr" and self.address else None

    async def aclose(self) -> None:
        self.closed = True


class FakeNetwork(httpcore2.AsyncNetworkBackend):
    """A network in which every name leads to one address."""

    def __init__(self, address: str) -> None:
        self.stream = FakeStream(address)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface of httpcore2
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        return self.stream


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "127.0.0.1", ""])
async def test_a_private_address_is_hung_up_on(address: str) -> None:
    """Before a byte is sent, and whatever the name was; an unknown one as well."""
    network = FakeNetwork(address)
    guarded = PublicNetwork(network, private_hosts=())
    with pytest.raises(httpcore2.ConnectError):
        await guarded.connect_tcp("id.example.org", 443)
    assert network.stream.closed


async def test_a_public_address_is_connected() -> None:
    """The everyday case."""
    network = FakeNetwork("8.8.8.8")
    guarded = PublicNetwork(network, private_hosts=())
    assert await guarded.connect_tcp("id.example.org", 443) is network.stream
    assert not network.stream.closed


async def test_a_listed_host_may_be_private() -> None:
    """A provider inside the utility's own network, by configuration."""
    network = FakeNetwork("10.0.0.1")
    guarded = PublicNetwork(network, private_hosts={"ID.intern.example.se"})
    assert await guarded.connect_tcp("id.intern.example.se", 443) is network.stream


@asynccontextmanager
async def server(answer: bytes) -> AsyncIterator[str]:
    """A web server on loopback that says one thing, or nothing; ends when all have been served."""
    served: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(asyncio.current_task())
        if b"GET" in await reader.read(1024):
            writer.write(answer)
            await (writer.drain() if answer else reader.read())
        writer.close()
        await writer.wait_closed()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    await asyncio.gather(*(task for task in served if task is not None))


HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
DEMO = Registration(name="x", kind="oidc", client_id="y", allow_insecure_loopback=True)


async def test_loopback_is_reached_only_where_allowed() -> None:
    """The real stack, over a real socket: refused by default, let in for the demo."""
    async with server(HELLO) as url:
        async with open_client([DEMO]) as client:
            assert (await client.get(url)).text == "hello"
        async with open_client([]) as client:
            with pytest.raises(httpx2.TransportError):
                await client.get(url)


async def test_nobody_listening_is_a_transport_error() -> None:
    """A refused connection comes as httpx2's own error, over the real stack."""
    async with server(HELLO) as url:
        pass
    async with open_client([DEMO]) as client:
        with pytest.raises(httpx2.TransportError):
            await client.get(url)


async def test_a_silent_server_is_a_timeout() -> None:
    """The read time-out comes as httpx2's own error, over the real stack."""
    async with server(b"") as url, open_client([DEMO]) as client:
        with pytest.raises(httpx2.TimeoutException):
            await client.get(url, timeout=0.05)


async def test_an_answer_cut_short_is_a_transport_error() -> None:
    """A connection that ends in the middle of a body is no answer."""
    short = HELLO.replace(b"Length: 5", b"Length: 50")
    async with server(short) as url, open_client([DEMO]) as client:
        with pytest.raises(httpx2.TransportError, match="closed"):
            await client.get(url)


async def test_many_silent_calls_keep_nobody_elses_waiting() -> None:
    """However many connections other providers hold, there is one more."""
    held = 5 * Limits().concurrent
    async with server(b"") as silent, server(HELLO) as url, open_client([DEMO]) as client:
        waiting = [asyncio.create_task(client.get(silent, timeout=30)) for _ in range(held)]
        await asyncio.sleep(0.5)
        assert (await client.get(url, timeout=5)).text == "hello"
        for each in waiting:
            each.cancel()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(each, asyncio.CancelledError) for each in ended)
