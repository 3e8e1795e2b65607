"""HTTP/1.1 over one kept connection: no more than what is needed to load a server from Python.

Knows answers with a length (or none), and cookies by name alone. Follows nothing by itself.
"""

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    location: str
    cookies: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(slots=True)
class Jar:
    """A browser's cookies at one origin."""

    cookies: dict[str, str] = field(default_factory=dict)

    def take(self, answer: Answer) -> None:
        """Keep what the answer set; an empty value is a cookie taken away."""
        for name, value in answer.cookies:
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)

    @property
    def line(self) -> str:
        """The request's header line."""
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return f"cookie: {pairs}\r\n" if pairs else ""


class Wire:
    """A connection to one origin, for one user at a time."""

    def __init__(self, origin: str) -> None:
        self._netloc = urlsplit(origin).netloc
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        await self._connected()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._streams is not None:
            self._streams[1].close()

    async def get(self, address: str, jar: Jar | None = None, *, more: str = "") -> Answer:
        """GET an absolute address or a path of the origin."""
        return await self._ask("GET", address, jar, more, b"")

    async def post(
        self, address: str, form: str, jar: Jar | None = None, *, more: str = ""
    ) -> Answer:
        """POST a form that is already encoded."""
        lines = (
            "content-type: application/x-www-form-urlencoded\r\n"
            f"content-length: {len(form)}\r\n{more}"
        )
        return await self._ask("POST", address, jar, lines, form.encode())

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The connection; a new one where the server has closed it for being idle."""
        if self._streams is None or self._streams[0].at_eof():
            if self._streams is not None:
                self._streams[1].close()
            host, _, port = self._netloc.rpartition(":")
            self._streams = await asyncio.open_connection(host, int(port))
        return self._streams

    async def _ask(
        self, method: str, address: str, jar: Jar | None, lines: str, body: bytes
    ) -> Answer:
        reader, writer = await self._connected()
        path = address.partition(self._netloc)[2] if "://" in address else address
        cookies = jar.line if jar else ""
        head = f"{method} {path} HTTP/1.1\r\nhost: {self._netloc}\r\n{cookies}{lines}\r\n"
        writer.write(head.encode() + body)
        answer = await _read(reader)
        if jar is not None:
            jar.take(answer)
        return answer


async def _read(reader: asyncio.StreamReader) -> Answer:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    location, length, cookies = "", 0, []
    for line in lines:
        name, _, value = line.partition(": ")
        match name.lower():
            case "location":
                location = value
            case "content-length":
                length = int(value)
            case "set-cookie":
                key, _, content = value.partition(";")[0].partition("=")
                cookies.append((key, content.strip('"')))
    body = await reader.readexactly(length) if length else b""
    return Answer(int(first.split(" ", 2)[1]), location, tuple(cookies), body)
