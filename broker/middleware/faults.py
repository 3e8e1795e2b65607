"""The last net: whatever nobody expected becomes a kind page, never a stack trace.

Also gives each request an id, which stands in every log line of it and in the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Faults:
    """`answer` makes the page for an exception; `new_id` names requests."""

    app: ASGIApp
    answer: Callable[[Request, Exception], Response]
    new_id: Callable[[], str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; answer for whatever comes back as an exception before an answer began."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = self.new_id()
        has_begun = False

        async def send_named(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_named)
            except Exception as error:  # the last net: everything that is a fault of ours
                if has_begun:
                    raise
                await self.answer(Request(scope), error)(scope, receive, send_named)
