"""The proxy between brokers and providers must not be a fault of its own."""

import asyncio
from contextlib import suppress

from tests.faults.mischief import Mischief
from tests.servers.ports import free_port


async def test_it_leaves_no_connection_open() -> None:
    """A broker that keeps one learns of its end, instead of waiting for an answer on it."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while said := await reader.read(100):
                writer.write(said)
        writer.close()

    target = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = free_port()
    async with target:
        async with Mischief(target.sockets[0].getsockname()[1]).listening(port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"hello")
            assert await reader.read(100) == b"hello"
        assert await asyncio.wait_for(reader.read(100), 2) == b""
        writer.close()
        await writer.wait_closed()
