"""One ASGI application: opened when the server starts, closed when it stops."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import httpx2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from broker.app.doors import House, house
from broker.app.login import login
from broker.app.parts import Clock, opened_parts, utc_now
from broker.app.periodic import chores, measured
from broker.app.posting import opened_outbox
from broker.chores.outbox_size import OutboxSize
from broker.chores.pressure import PressureShown
from broker.middleware.faults import Faults, new_reference
from broker.middleware.headers import SecurityHeaders
from broker.middleware.host import OwnHost
from broker.middleware.limits import Limits
from broker.middleware.proxies import TrustedProxies
from broker.middleware.shedding import Shedding
from broker.middleware.watching import Watching
from broker.routes import routes
from broker.settings.schema import Settings
from broker.telemetry.instruments import Instruments, RequestWatcher, only_a_log


@asynccontextmanager
async def opened(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    http: httpx2.AsyncClient | None = None,
    instruments: Instruments | None = None,
) -> AsyncIterator[Starlette]:
    """The application while it is open; a test gives its own clock and outbound client."""
    instruments = instruments or only_a_log()
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(
            opened_parts(settings, clock=clock, http=http, instruments=instruments)
        )
        await stack.enter_async_context(parts.following.running())
        await stack.enter_async_context(parts.fetches.running())
        outbox = await stack.enter_async_context(opened_outbox(parts))
        await stack.enter_async_context(chores(parts, outbox).running())
        size = OutboxSize(parts.storage.outbox, instruments.outbox, clock)
        await stack.enter_async_context(size.running())
        shown = PressureShown(measured(parts), instruments.pressure, clock)
        await stack.enter_async_context(shown.running())
        yield assemble(house(parts, login(parts)), settings, instruments.requests)


def assemble(
    rooms: House, settings: Settings, watchers: Sequence[RequestWatcher] = ()
) -> Starlette:
    """Routes, the table of problems, and what every request passes."""
    problems = rooms.problems
    app = Starlette(
        routes=routes(rooms.endpoints),
        exception_handlers=problems.handlers(),
        middleware=[
            Middleware(TrustedProxies, hops=settings.server.trusted_proxies),
            *(Middleware(Watching, watcher=each) for each in watchers),
            Middleware(SecurityHeaders, is_secure=rooms.cookies.is_secure),
            Middleware(Faults, answer=problems.unexpected, new_reference=new_reference),
            Middleware(Shedding, at_most=settings.server.max_concurrent, refuse=problems.busy),
            Middleware(OwnHost, hosts=frozenset({own_host(settings)})),
            Middleware(Limits, refuse=problems.too_large),
        ],
    )
    # A path with a slash more is no path of ours: no 307, which would repeat a posted form.
    app.router.redirect_slashes = False
    return app


def build(settings: Settings) -> ASGIApp:
    """The application for a server that speaks ASGI's lifespan: opens at start, closes at stop."""
    return _Serving(settings)


def own_host(settings: Settings) -> bytes:
    """What `Host` must say."""
    return urlsplit(settings.issuer).netloc.lower().encode()


class _Serving:
    """Waits with everything until the server has started its loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._app: ASGIApp | None = None
        self._lifespan = Router(lifespan=self._open)

    @asynccontextmanager
    async def _open(self, _router: object) -> AsyncIterator[None]:
        async with opened(self._settings) as app:
            self._app = app
            yield
            self._app = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._lifespan if scope["type"] == "lifespan" else self._app
        if app is None:
            raise RuntimeError("the application was called before the server started it")
        await app(scope, receive, send)
