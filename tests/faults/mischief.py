"""A TCP proxy before the emulated providers that treats one of them badly."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Mischief:
    """`mode` is what happens to Google's token requests: pass, reset or drip (a byte a second)."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._served: set[asyncio.Task[None] | None] = set()
        self.mode = "pass"

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[None]:
        """Listen while the context lasts; at its end every connection is closed.

        One that stayed open with nobody behind it would keep a broker waiting that uses it again.
        """
        server = await asyncio.start_server(self._serve, "127.0.0.1", port, backlog=512)
        try:
            yield
        finally:
            server.close()
            served = [each for each in self._served if each]
            for each in served:
                each.cancel()
            await asyncio.gather(*served, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._served.add(task)
        try:
            # Python 3.11's streams complain about a task that was cancelled.
            with suppress(OSError, asyncio.CancelledError):
                await self._pass_on(reader, writer)
        finally:
            self._served.discard(task)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        is_bad = asyncio.Event()
        tasks = [
            asyncio.create_task(self._there(reader, back, writer, is_bad)),
            asyncio.create_task(self._back(there, writer, is_bad)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            back.close()

    async def _there(
        self,
        reader: asyncio.StreamReader,
        back: asyncio.StreamWriter,
        writer: asyncio.StreamWriter,
        is_bad: asyncio.Event,
    ) -> None:
        with suppress(OSError):
            while chunk := await reader.read(65536):
                is_meant = _is_token_request(chunk.split(b"\r\n", 1)[0])
                if is_meant and self.mode == "reset":
                    _reset(writer)
                    return
                if is_meant and self.mode == "drip":
                    is_bad.set()
                back.write(chunk)
                await back.drain()

    async def _back(
        self, there: asyncio.StreamReader, writer: asyncio.StreamWriter, is_bad: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while chunk := await there.read(65536):
                if not is_bad.is_set():
                    writer.write(chunk)
                    await writer.drain()
                    continue
                for byte in chunk:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    if self.mode == "drip":
                        await asyncio.sleep(1)


def _is_token_request(line: bytes) -> bool:
    return line.startswith(b"POST /google/") and b"token" in line


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
