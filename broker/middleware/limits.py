"""Sizes, judged before anything is parsed: header bytes, address length, body."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_HEADERS = 16 * 1024
MAX_TARGET = 8 * 1024
MAX_BODY = 64 * 1024
URI_TOO_LONG, CONTENT_TOO_LARGE, HEADERS_TOO_LARGE = 414, 413, 431


class BodyTooLarge(Exception):
    """More bytes came than any form of ours has."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`refuse` makes the answer for a status."""

    app: ASGIApp
    refuse: Callable[[Request, int], Response]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is too large; else count the body as it comes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = _too_large(scope)
        if status is not None:
            await self.refuse(Request(scope), status)(scope, receive, send)
            return
        try:
            await self.app(scope, _counting(receive), send)
        except BodyTooLarge:
            await self.refuse(Request(scope), CONTENT_TOO_LARGE)(scope, receive, send)


def _too_large(scope: Scope) -> int | None:
    headers = scope["headers"]
    if sum(len(name) + len(value) for name, value in headers) > MAX_HEADERS:
        return HEADERS_TOO_LARGE
    if len(scope["raw_path"] or b"") + len(scope["query_string"]) > MAX_TARGET:
        return URI_TOO_LONG
    declared = [value for name, value in headers if name == b"content-length"]
    if any(value.isdigit() and int(value[:10]) > MAX_BODY for value in declared):
        return CONTENT_TOO_LARGE
    return None


def _counting(receive: Receive) -> Receive:
    seen = 0

    async def receive_counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY:
            raise BodyTooLarge
        return message

    return receive_counted
