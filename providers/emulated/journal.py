"""What the emulated providers were asked, so that tests can look at how they were asked.

Holds whole requests, secrets and codes included: they are the demo's invented ones.
"""

from collections import deque
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CAPACITY = 1000
BODY_LIMIT = 65_536


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """One request; `query` and `form` keep order and duplicates, header names are lower case."""

    provider: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    form: tuple[tuple[str, str], ...]
    headers: dict[str, str]


class Journal:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        self._requests: deque[ReceivedRequest] = deque(maxlen=CAPACITY)

    def note(self, request: ReceivedRequest) -> None:
        """Add a request."""
        self._requests.append(request)

    def read(self, provider: str | None = None) -> tuple[ReceivedRequest, ...]:
        """Return what was received, by all providers or one."""
        return tuple(one for one in self._requests if provider in (None, one.provider))

    def clear(self) -> None:
        """Forget all requests."""
        self._requests.clear()


class Recorder:
    """ASGI middleware in front of one provider: notes each request and passes it on unchanged."""

    def __init__(self, app: ASGIApp, *, provider: str, journal: Journal) -> None:
        self._app = app
        self._provider = provider
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, note the request, replay the body to the provider."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        messages = await _read_body(receive)
        body = b"".join(message.get("body", b"") for message in messages)
        self._journal.note(_describe(self._provider, scope, body[:BODY_LIMIT]))

        async def replay() -> Message:
            return messages.pop(0) if messages else await receive()

        await self._app(scope, replay, send)


async def _read_body(receive: Receive) -> list[Message]:
    messages = [await receive()]
    while messages[-1].get("more_body", False):
        messages.append(await receive())
    return messages


def _describe(provider: str, scope: Scope, body: bytes) -> ReceivedRequest:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return ReceivedRequest(
        provider,
        scope["method"],
        scope["path"],
        _pairs(scope["query_string"]),
        _pairs(body) if is_form else (),
        headers,
    )


def _pairs(encoded: bytes) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(encoded.decode("latin-1"), keep_blank_values=True))
