"""The whole demo in one process: broker, emulated providers, portal with API, on one loop.

Everything is the real thing, started as `farstu serve` starts it; only addresses, secrets and
customers are the demo's own. Nothing outlives it: each start has a fresh folder.
"""

import asyncio
import contextlib
import signal
import warnings
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from socket import socket
from typing import Any

import structlog
import uvicorn
from joserfc.errors import SecurityWarning
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from broker.app import build as build_broker
from broker.app.parts import utc_now
from broker.dev import api, demo_secrets, portal
from broker.dev.companies import COMPANIES
from broker.dev.ports import Listening
from broker.dev.records import DemoRecords
from broker.dev.seed import seed
from broker.dev.settings import Addresses, demo_settings, messages_in
from broker.endpoints.cookies import Cookies
from broker.middleware.protocol import limited_protocol
from broker.settings.addresses import is_loopback_address
from broker.settings.check import check
from broker.settings.problem import SettingsInvalid
from broker.settings.schema import Settings
from linking.days import swedish_day
from providers.emulated.app import build as build_upstreams
from providers.emulated.config import demo_config

_STEP = 0.02
_GRACE = 2


class Server(uvicorn.Server):
    """One of several servers in the process: signals are the demo's business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


@asynccontextmanager
async def running(
    base_port: int, listening: Listening, directory: Path
) -> AsyncIterator[Addresses]:
    """Start everything on these sockets; stop it at the end. The directory is for its files."""
    # Clients know Ed25519 by its older name still (RFC 9864 names it anew).
    warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)
    at = Addresses(base_port)
    settings = demo_settings(base_port, directory)
    _refuse_unsound(settings)
    with _logging_to(directory / "broker.log"):
        await seed(settings, directory, today())
        messages_in(directory).mkdir(exist_ok=True)  # to be looked into before there are any
        upstreams = build_upstreams(demo_config(at.upstreams, at.broker))
        protocol = limited_protocol(Cookies(is_secure=False).clearing_headers())
        servers = [
            server(build_broker(settings), http=protocol),
            server(upstreams),
            server(front(at, demo_secrets.CLIENT_SECRETS)),
        ]
        async with serving(servers, listening):
            yield at


def listen_for_signals() -> asyncio.Event:
    """Return what is set when somebody presses Ctrl-C or tells the process to end."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    return told


def today() -> date:
    """The day in Sweden."""
    return swedish_day(utc_now())


def _refuse_unsound(settings: Settings) -> None:
    """The demo's secrets are public: they may only ever be used on localhost."""
    if not is_loopback_address(settings.issuer):
        raise ValueError("the demo runs on localhost only")
    if problems := check(settings, refused=frozenset()):
        raise SettingsInvalid(problems)


def front(at: Addresses, client_secrets: Mapping[str, str]) -> Starlette:
    """The portal, and below `/api` the companies' APIs."""
    keys = api.IssuerKeys(at.broker)
    doors = [api.Door(keys, at.api(company), company) for company in COMPANIES]
    entrances = [
        portal.Entrance(
            key=each.id,
            name=each.portal,
            company=each.name,
            client_id=each.client_id,
            client_secret=client_secrets[each.client_id],
            api=at.api(each.id),
        )
        for each in COMPANIES.values()
    ]
    pages = portal.build(at.portal, at.broker, entrances)
    apis = api.build(doors, DemoRecords(today))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with pages.router.lifespan_context(pages):
            yield

    return Starlette(routes=[Mount("/api", apis), Mount("/", pages)], lifespan=lifespan)


def server(app: ASGIApp, **more: Any) -> Server:
    """Return a server that is not listening yet."""
    return Server(
        uvicorn.Config(
            app,
            lifespan="on",
            ws="none",
            proxy_headers=False,
            access_log=False,
            server_header=False,
            log_level="warning",
            timeout_graceful_shutdown=_GRACE,
            **more,
        )
    )


@asynccontextmanager
async def serving(
    servers: Sequence[Server], listening: Sequence[list[socket]]
) -> AsyncIterator[None]:
    """Serve on these sockets, a list for each server, until the end."""
    tasks = [
        asyncio.create_task(one.serve(sockets=sockets))
        for one, sockets in zip(servers, listening, strict=True)
    ]
    try:
        while not all(one.started for one in servers):
            if any(task.done() for task in tasks):
                raise RuntimeError("a server of the demo did not start")
            await asyncio.sleep(_STEP)
        yield
    finally:
        for one in servers:
            one.should_exit = True
        await asyncio.gather(*tasks)


@contextlib.contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    before = structlog.get_config()
    with path.open("w", encoding="utf-8") as file:
        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            logger_factory=structlog.WriteLoggerFactory(file),
        )
        try:
            yield
        finally:
            structlog.configure(**before)
