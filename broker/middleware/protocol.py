"""uvicorn's httptools protocol with a limit on header bytes, which it does not have itself.

Counts what comes before the end of the headers, so that no amount of them is ever held in memory.
The flow cookies are cleared blind with the refusal: they may be what made the headers too large.

What comes after a body in chunks (trailers, RFC 9112 section 7.1.2) is thrown away as it comes: it
is nothing that we read, must not become a header (RFC 9110 section 6.5.1), and has no end of its
own. Whoever sends too slowly is let go of: a request has `PATIENCE_SECONDS` to arrive in full.

Also how a connection ends when we leave: a request that is already on its way is answered.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_RAW_HEADERS = 32 * 1024
PATIENCE_SECONDS = 20.0
"""How long a request may take to arrive, from the connection's beginning or its own to its end."""

LINGER_SECONDS = 1.0
"""How long an idle connection stays open when we leave: a request may be on its way to us."""


class PatientProtocol(HttpToolsProtocol):
    """Waits for a request, but not for ever.

    Who leaves closes each connection after its answer, and an idle one a little later.
    """

    patience = PATIENCE_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._impatience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """From now on a request is waited for."""
        super().connection_made(transport)
        self._wait_for_a_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Whatever comes, a whole request must come of it."""
        self._wait_for_a_request()
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request begins, perhaps in the bytes that ended the one before it."""
        self._wait_for_a_request()
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """A request is here: how long its answer takes is another matter."""
        super().on_message_complete()
        self._stop_waiting()

    @staticmethod
    def is_leaving() -> bool:
        """Whether this process has been told to stop."""
        return False

    def on_headers_complete(self) -> None:
        """Say with the answer that it is the last one here."""
        super().on_headers_complete()
        if self.is_leaving() and self.cycle is not None:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """Called once when the server stops: uvicorn's would lose a request on its way."""
        if self.cycle is None or self.cycle.response_complete:
            self.loop.call_later(LINGER_SECONDS, self._close_if_idle)
        else:
            super().shutdown()

    def _wait_for_a_request(self) -> None:
        if self._impatience is None:
            self._impatience = self.loop.call_later(self.patience, self._give_up)

    def _stop_waiting(self) -> None:
        if self._impatience is not None:
            self._impatience.cancel()
            self._impatience = None

    def _give_up(self) -> None:
        """Whoever reads the body is told that nobody is there any more."""
        self._impatience = None
        if not self.transport.is_closing():
            self.transport.close()

    def _close_if_idle(self) -> None:
        if not self.transport.is_closing():
            super().shutdown()


def limited_protocol(
    clear_cookies: tuple[str, ...],
    is_leaving: Callable[[], bool] = bool,
    *,
    patience: float = PATIENCE_SECONDS,
) -> type[asyncio.Protocol]:
    """A protocol class for uvicorn's `http` setting; who leaves closes after each answer."""
    refusal = _refusal(clear_cookies)

    class LimitedHttpToolsProtocol(PatientProtocol):
        """Refuses with 431 and closes once a request's headers exceed the limit."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._header_bytes = 0
            self._in_headers = True

        def data_received(self, data: bytes) -> None:
            """Count while in headers."""
            if self._in_headers:
                self._header_bytes += len(data)
                if self._header_bytes > MAX_RAW_HEADERS + _body_allowance(data):
                    self.transport.write(refusal)
                    self.transport.close()
                    return
            super().data_received(data)

        def on_message_begin(self) -> None:
            """A request begins."""
            self._in_headers = True
            super().on_message_begin()

        def on_header(self, name: bytes, value: bytes) -> None:
            """A header, or a trailer: that is no header any more."""
            if self._in_headers:
                super().on_header(name, value)

        def on_headers_complete(self) -> None:
            """Its headers have ended: the body has its own limit."""
            self._in_headers = False
            self._header_bytes = 0
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            """The next request's headers are counted anew."""
            super().on_message_complete()
            self._in_headers = True

    LimitedHttpToolsProtocol.is_leaving = staticmethod(is_leaving)  # type: ignore[method-assign]
    LimitedHttpToolsProtocol.patience = patience
    return LimitedHttpToolsProtocol


def _body_allowance(data: bytes) -> int:
    """A chunk that holds the end of the headers may hold a body as well: that is not counted."""
    end = data.find(b"\r\n\r\n")
    return len(data) - end if end >= 0 else 0


def _refusal(clear_cookies: tuple[str, ...]) -> bytes:
    body = b"The headers are too large. Reload the page.\n"
    lines = [
        "HTTP/1.1 431 Request Header Fields Too Large",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
        *(f"Set-Cookie: {header}" for header in clear_cookies),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii") + body
