from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from broker.middleware.faults import Faults, new_reference, reference_of

SCOPE: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": []}


def _failing(error: Exception, *, after_start: bool = False) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if after_start:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise error

    return app


async def _run(app: ASGIApp) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    def answer(request: Request, _error: Exception) -> Response:
        return PlainTextResponse(reference_of(request), 500)

    await Faults(app, answer, lambda: "ABCD-EFGH")(dict(SCOPE), receive, send)
    return sent


async def test_an_exception_becomes_an_answer_with_its_reference() -> None:
    """In the page and in the header alike."""
    start, body = await _run(_failing(ValueError("private")))
    assert start["status"] == 500
    assert (b"x-request-id", b"ABCD-EFGH") in start["headers"]
    assert body["body"] == b"ABCD-EFGH"


async def test_a_visitor_who_left_is_no_fault() -> None:
    """Nothing is sent, nothing is raised: there is nobody to tell, and nothing to look into."""
    assert await _run(_failing(ClientDisconnect())) == []


async def test_after_the_answer_has_begun_the_server_must_know() -> None:
    """A second answer cannot be sent: the connection has to be broken off."""
    with pytest.raises(ValueError, match="private"):
        await _run(_failing(ValueError("private"), after_start=True))


def test_references_can_be_read_aloud() -> None:
    """Two groups of four, without letters that are mixed up, and not the same twice."""
    seen = {new_reference() for _ in range(200)}
    assert len(seen) == 200
    for reference in seen:
        first, second = reference.split("-")
        assert len(first) == len(second) == 4
        assert not set(first + second) & set("01IOL")
