"""The issuer's own address: hands each request for keys to any worker that answers.

No worker is preferred, so that services fetch keys from one and are shown what another signed.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

_PATIENCE = 0.25
_HELD_SECONDS = 1.0
_GIVES_UP_SECONDS = 4.0


class Front:
    """For programs that fetch keys; `ports` are the workers' and may be changed."""

    def __init__(self, ports: Sequence[int] = ()) -> None:
        self.ports = ports
        self._held: dict[int, float] = {}

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request on a connection."""
        try:
            lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[:-2]
            asked = [each for each in lines if not each.lower().startswith(b"connection:")]
            writer.write(await self._passed_on(b"\r\n".join([*asked, b"Connection: close"])))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _passed_on(self, asked: bytes) -> bytes:
        """By the first that has keys to show; who does not answer is left alone for a moment."""
        give_up_at = time.monotonic() + _GIVES_UP_SECONDS
        while time.monotonic() < give_up_at:
            port = random.choice(self._free())  # noqa: S311 - any will do
            try:
                async with asyncio.timeout(_PATIENCE):
                    answer = await _ask(port, asked + b"\r\n\r\n")
            except (OSError, TimeoutError):
                answer = b""
            if answer.startswith(b"HTTP/1.1 200"):
                return answer
            self._held[port] = time.monotonic() + _HELD_SECONDS
            await asyncio.sleep(0.05)
        return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    def _free(self) -> Sequence[int]:
        """Those that have not failed a moment ago; all, where that is true of none."""
        now = time.monotonic()
        return [each for each in self.ports if self._held.get(each, 0) <= now] or self.ports

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[None]:
        """While the context lasts."""
        server = await asyncio.start_server(self.answer, "127.0.0.1", port)
        try:
            yield
        finally:
            server.close()


async def _ask(port: int, asked: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(asked)
        return await reader.read()
    finally:
        writer.close()
