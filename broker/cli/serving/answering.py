"""uvicorn around an open application, and how it leaves.

uvicorn's own log of requests and its belief in proxy headers are off: query strings hold codes, and
which hops to trust is ours to configure.

Told to stop, it first goes on answering for `server.leave_seconds` while `/readyz` says 503; then
it accepts nothing new, answers what is under way within `server.drain_seconds`, and ends.
"""

import signal
import ssl
import time
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from broker.endpoints.cookies import Cookies
from broker.middleware.leaving import Departure, ReadyUntilDeparture
from broker.middleware.protocol import limited_protocol
from broker.settings.schema import Settings

_KEEP_ALIVE_SECONDS = 20


class LeavingServer(uvicorn.Server):
    """`leave_seconds` after the first signal it stops; after a second one, at once."""

    def __init__(self, config: uvicorn.Config, departure: Departure, leave_seconds: float) -> None:
        super().__init__(config)
        self._departure = departure
        self._leave_seconds = leave_seconds
        self._leaves_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's
        """Begin to leave."""
        self._departure.begin()
        is_second = self._leaves_at is not None
        self._leaves_at = time.monotonic() + (0 if is_second else self._leave_seconds)

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop now."""
        if self._leaves_at is not None and time.monotonic() >= self._leaves_at:
            self.should_exit = True
        return await super().on_tick(counter)


def server(
    app: ASGIApp,
    settings: Settings,
    departure: Departure,
    tls: ssl.SSLContext | None,
    *,
    leave_seconds: float,
) -> LeavingServer:
    """Return a server for an open application; it is given its sockets when it serves."""
    cookies = Cookies(is_secure=settings.issuer.startswith("https:"))
    config = uvicorn.Config(
        ReadyUntilDeparture(app, departure),
        http=limited_protocol(cookies.clearing_headers(), lambda: departure.has_begun),
        ws="none",
        lifespan="off",
        proxy_headers=False,
        access_log=False,
        server_header=False,
        date_header=True,
        log_config=None,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.server.drain_seconds,
        ssl_context_factory=(lambda _config, _default: tls) if tls else None,
    )
    return LeavingServer(config, departure, leave_seconds)


def outlive_signals() -> None:
    """Past uvicorn's own time, a signal must not end the process before storage is closed."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda _signal, _frame: None)
