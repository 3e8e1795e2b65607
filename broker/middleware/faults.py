"""The last net: whatever nobody expected becomes a kind page, never a stack trace.

Also names each request: the name stands in every log line of it, in the answer, and on the pages
for problems, where it can be read aloud.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REFERENCE = "farstu.reference"
"""Where a request's name stands in its ASGI scope."""

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that are not mixed up when they are read aloud."""

# A letter for every byte; some have one byte more, which does no harm in a name that is no secret.
_SPELLING = bytes(LETTERS[byte % len(LETTERS)].encode()[0] for byte in range(256))


def new_reference() -> str:
    """A name for a request: eight characters in two groups, to be read aloud."""
    letters = secrets.token_bytes(8).translate(_SPELLING).decode()
    return f"{letters[:4]}-{letters[4:]}"


def reference_of(request: Request) -> str:
    """The name of this request: it leads from the page to the log."""
    return str(request.scope.get(REFERENCE, ""))


@dataclass(frozen=True, slots=True)
class Faults:
    """`answer` makes the page for an exception."""

    app: ASGIApp
    answer: Callable[[Request, Exception], Response]
    new_reference: Callable[[], str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; answer for whatever comes back as an exception before an answer began."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope[REFERENCE] = reference = self.new_reference()
        has_begun = False

        async def send_named(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                # A new list: the answer may be one that is given again and again.
                named = (b"x-request-id", reference.encode())
                message["headers"] = [*message["headers"], named]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=reference):
            try:
                await self.app(scope, receive, send_named)
            except ClientDisconnect:
                return  # nobody is left to answer, and it is no fault of ours
            except Exception as error:  # the last net: everything that is a fault of ours
                if has_begun:
                    raise
                await self.answer(Request(scope), error)(scope, receive, send_named)
