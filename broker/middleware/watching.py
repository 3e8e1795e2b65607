"""Each request watched from outside: which door it came to, how it ended, how long it took.

Knows nothing of who watches; a door is named by its template, and an unknown path by nothing.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from broker.middleware.faults import REFERENCE
from broker.middleware.proxies import is_trusted

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})


class Watcher(Protocol):
    """`request` is entered at the start; what it gives is called with route, status, reference."""

    def request(
        self, method: str, traceparent: str
    ) -> AbstractContextManager[Callable[[str, int, str], None]]: ...


@dataclass(frozen=True, slots=True)
class Watching:
    """Passes everything on as it is."""

    app: ASGIApp
    watcher: Watcher

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell the watcher."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 0

        async def send_watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method = scope["method"] if scope["method"] in METHODS else "other"
        with self.watcher.request(method, _traceparent(scope)) as ended:
            try:
                await self.app(scope, receive, send_watched)
            finally:
                route = getattr(scope.get("route"), "path", "")
                ended(route, status, str(scope.get(REFERENCE, "")))


def _traceparent(scope: Scope) -> str:
    """The caller's trace, where the caller is a proxy of ours (W3C Trace Context section 3.2)."""
    if not is_trusted(scope):
        return ""
    found = [value for name, value in scope["headers"] if name == b"traceparent"]
    return found[0].decode("latin-1") if len(found) == 1 else ""
