"""The emulated providers as one application: each below its base address, control beside them.

`build` is the only place that puts them together; what each provider is made of stands in its own
`routes` module.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router

from providers.emulated.clock import ShiftedClock
from providers.emulated.config import Config
from providers.emulated.control import Control
from providers.emulated.facebook.notices import Notices
from providers.emulated.facebook.routes import build as build_facebook
from providers.emulated.generic.routes import build as build_generic
from providers.emulated.google.events import Events
from providers.emulated.google.routes import build as build_google
from providers.emulated.journal import Journal, Recorder
from providers.emulated.keys import KeyStock
from providers.emulated.microsoft.routes import build as build_microsoft
from providers.emulated.notify import Messenger
from providers.emulated.outbound import Outbound
from providers.emulated.pages import STYLESHEET, STYLESHEET_PATH, compile_templates
from providers.emulated.parts import Built, Parts
from providers.emulated.yahoo.routes import build as build_yahoo

BUILDERS: dict[str, Callable[[Parts], Built]] = {
    "microsoft": build_microsoft,
    "google": build_google,
    "facebook": build_facebook,
    "yahoo": build_yahoo,
    "generic": build_generic,
}


def build(
    config: Config,
    *,
    clock: ShiftedClock | None = None,
    stock: KeyStock | None = None,
    outbound: Outbound | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Starlette:
    """Return the application for these base addresses (loopback only, which Config checks).

    `stock` can be shared between applications in one process: keys are slow to make.
    """
    clock, stock, outbound = clock or ShiftedClock(), stock or KeyStock(), outbound or Outbound()
    templates, journal = compile_templates(), Journal()
    built = {
        name: BUILDERS[name](
            Parts(
                base, config.registrations.get(name, ()), clock, sleep, stock, templates, outbound
            )
        )
        for name, base in config.bases.items()
    }
    upstreams = {name: one.upstream for name, one in built.items()}
    messenger = Messenger(
        {"facebook": Notices(upstreams["facebook"], outbound)} if "facebook" in built else {},
        {"google": Events(upstreams["google"], outbound)} if "google" in built else {},
    )
    control = Control(upstreams, clock, journal, messenger)
    mounts = [_mount(name, config.bases[name], one, journal) for name, one in built.items()]
    return Starlette(
        routes=[*control.routes(), Route(STYLESHEET_PATH, _stylesheet), *mounts],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(config.hosts))],
        lifespan=_closing(outbound),
    )


def _mount(name: str, base: str, built: Built, journal: Journal) -> BaseRoute:
    recorder = Middleware(Recorder, provider=name, journal=journal)
    return Mount(urlsplit(base).path, app=Router(built.routes), middleware=[recorder])


def _closing(outbound: Outbound) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await outbound.close()

    return lifespan


async def _stylesheet(_request: Request) -> Response:
    return FileResponse(STYLESHEET, media_type="text/css")
