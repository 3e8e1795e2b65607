"""Overload is shed by concurrency, for everybody alike: so many requests at once, and no more.

A request takes its place when all of it is here: whoever sends a body drop by drop keeps nobody
out. Bodies that are still on their way have a limit of their own, for the memory's sake.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from broker.middleware.arrival import arrived, has_body

ARRIVING = 8
"""How many bodies may be on their way for each place."""

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
        self._arriving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, unless there are too many; probes are always let through."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        if has_body(scope):
            if self._arriving >= ARRIVING * self._at_most:
                await self._refuse(Request(scope))(scope, receive, send)
                return
            receive = await self._arrived(receive)
        if self._under_way >= self._at_most:
            await self._refuse(Request(scope))(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1

    async def _arrived(self, receive: Receive) -> Receive:
        self._arriving += 1
        try:
            return await arrived(receive)
        finally:
            self._arriving -= 1
