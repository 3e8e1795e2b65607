"""Overload is shed by concurrency, for everybody alike: so many requests at once, and no more."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

PROBES = frozenset({"/livez", "/readyz"})


class Shedding:
    """Counts requests under way; `refuse` makes the answer for one too many."""

    def __init__(
        self, app: ASGIApp, *, at_most: int, refuse: Callable[[Request], Response]
    ) -> None:
        self._app = app
        self._at_most = at_most
        self._refuse = refuse
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, unless there are too many; probes are always let through."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._at_most:
            await self._refuse(Request(scope))(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1
