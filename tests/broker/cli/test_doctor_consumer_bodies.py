"""`farstu doctor consumer`: a service's body is nothing that an examination waits for or keeps."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from broker.cli.consumer import service
from broker.cli.consumer.service import Answer, Service, Verdict

PARTS = 1024


async def shown(body: AsyncIterator[bytes]) -> Answer:
    """What is made of a service that answers so."""
    answers = httpx2.MockTransport(lambda _request: httpx2.Response(200, content=body))
    async with httpx2.AsyncClient(transport=answers) as http:
        return await Service(http, "http://127.0.0.1:9000/me", {200}).show("token")


async def test_a_large_body_is_not_fetched() -> None:
    """The status says all: of 64 MiB hardly more than 64 KiB is read."""
    read: list[int] = []

    async def large() -> AsyncIterator[bytes]:
        for number in range(PARTS):
            read.append(number)
            yield b"x" * 65_536

    assert (await shown(large())).verdict is Verdict.ADMITTED
    assert len(read) == 2


async def test_a_body_without_an_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream of events, say: it has let the caller in."""
    monkeypatch.setattr(service, "_BODY_WITHIN", 0.1)
    ended = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(10)
        ended.set()

    assert (await shown(slow())).verdict is Verdict.ADMITTED
    assert not ended.is_set()
