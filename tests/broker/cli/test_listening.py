"""How uvicorn is to serve: what it must not do by itself, and how it leaves."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from broker.cli.configuration import read_settings
from broker.cli.serving.answering import LeavingServer, server
from broker.cli.serving.sockets import listening, port_of
from broker.cli.serving.starting import telling_what_fails
from broker.cli.speaking import CommandFailed
from broker.middleware.leaving import Departure
from broker.settings.schema import Settings
from tests.broker.cli.conftest import Run


class Desk:
    """An application that answers `/slow` when it is let go, and the rest at once."""

    def __init__(self) -> None:
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if Request(scope).url.path == "/slow":
            self.asked.set()
            await self.go_on.wait()
        await PlainTextResponse("served")(scope, receive, send)


def _settings(run: Run) -> Settings:
    assert run("init").exit_code == 0
    return read_settings(Path("farstu.toml"))


async def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.01)


@asynccontextmanager
async def _serving(
    settings: Settings, desk: Desk, leave_seconds: float
) -> AsyncIterator[SimpleNamespace]:
    with listening("127.0.0.1", 0, share_port=False) as sockets:
        running: LeavingServer = server(
            desk, settings, Departure(), None, leave_seconds=leave_seconds
        )
        task = asyncio.create_task(running.serve(sockets))
        await _until(lambda: running.started)
        base = f"http://127.0.0.1:{port_of(sockets)}"
        async with httpx2.AsyncClient(base_url=base, timeout=10) as client:
            yield SimpleNamespace(server=running, task=task, client=client)
        running.should_exit = True
        await task


async def test_uvicorn_writes_no_requests_and_believes_no_headers(run: Run) -> None:
    """A query holds codes and states; a proxy header, whatever its sender likes."""
    config = server(Desk(), _settings(run), Departure(), None, leave_seconds=0).config
    assert (config.access_log, config.proxy_headers, config.server_header) == (False, False, False)
    assert config.timeout_graceful_shutdown is not None


async def test_while_it_leaves_it_answers_and_is_not_ready(run: Run) -> None:
    """A load balancer is told by 503; who comes all the same is served, and asked to go on."""
    async with _serving(_settings(run), Desk(), leave_seconds=60) as at:
        assert (await at.client.get("/readyz")).status_code == 200
        at.server.handle_exit(signal.SIGTERM, None)
        ready, live, page = [await at.client.get(path) for path in ("/readyz", "/livez", "/page")]
        assert (ready.status_code, live.status_code, page.status_code) == (503, 200, 200)
        assert page.headers["connection"] == "close"
        at.server.handle_exit(signal.SIGTERM, None)  # a second one: at once
        await at.task


async def test_what_is_under_way_is_finished(run: Run) -> None:
    """Told to stop, it accepts nobody new and still answers who was there."""
    desk = Desk()
    async with _serving(_settings(run), desk, leave_seconds=0) as at:
        under_way = asyncio.create_task(at.client.get("/slow"))
        await desk.asked.wait()
        at.server.handle_exit(signal.SIGTERM, None)
        await _until(lambda: not at.server.servers[0].is_serving())
        desk.go_on.set()
        assert (await under_way).text == "served"
        await at.task


async def test_a_request_on_its_way_is_answered(run: Run) -> None:
    """A connection that is open and idle when we are told to stop may still ask once."""
    async with _serving(_settings(run), Desk(), leave_seconds=0) as at:
        port = at.client.base_url.port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await at.client.get("/")  # so the other connection has been accepted, too
        at.server.handle_exit(signal.SIGTERM, None)
        await _until(lambda: not at.server.servers[0].is_serving())
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in answer.lower()
        await at.task


def test_a_fault_of_ours_is_told_without_its_message(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Kind and place in the log, a sentence for the operator, no trace."""
    with pytest.raises(CommandFailed) as told, telling_what_fails(_settings(run)):
        int("s3cr3t-100245")
    line = capsys.readouterr().out
    assert "ValueError" in line
    assert "test_listening.py" in line
    assert "s3cr3t" not in line + told.value.reason + told.value.remedy


def test_what_goes_wrong_later_is_not_told_of_the_port() -> None:
    """A log that nobody reads any more is no reason to look for who has the address."""

    def serve() -> None:
        with listening("127.0.0.1", 0, share_port=False):
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        serve()
