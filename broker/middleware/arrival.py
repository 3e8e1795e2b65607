"""A request's body, waited for before anything else is done for it.

Holds no more than any form of ours has; what is larger is passed on as it comes, to be refused.
"""

from collections import deque

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from broker.middleware.limits import MAX_BODY

_NO_BODY = frozenset({b"", b"0"})


def has_body(scope: Scope) -> bool:
    """Whether there is a body to wait for; one that says it is too large is not waited for."""
    length = b""
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return True
        if name == b"content-length":
            length = value
    is_too_large = length.isdigit() and int(length[:10]) > MAX_BODY
    return length not in _NO_BODY and not is_too_large


async def arrived(receive: Receive) -> Receive:
    """Wait for the body; return what gives it again. Raises ClientDisconnect when it never ends."""
    messages: deque[Message] = deque()
    size, more = 0, True
    while more and size <= MAX_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        messages.append(message)
        size += len(message.get("body", b""))
        more = message.get("more_body", False)

    async def receive_again() -> Message:
        return messages.popleft() if messages else await receive()

    return receive_again
