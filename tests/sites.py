"""Portal, broker, upstream and a stranger as a browser meets them: four sites, all on https.

Each has a registrable name of its own and a certificate of a CA made here; Chromium is told by host
rules where they are, the broker by a network backend that knows the same, so that addresses have no
port and certificates are verified by name. Everything runs in one thread beside the test.
"""

import asyncio
import shutil
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpcore2
import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from broker.app.serving import opened
from broker.dev import portal as example
from broker.dev.upstreams import emulated_providers
from broker.endpoints.cookies import Cookies
from broker.middleware.protocol import limited_protocol
from broker.settings.check import check
from broker.settings.schema import ClientSettings, Settings
from providers.addresses import host_of
from providers.emulated.app import build as build_upstreams
from providers.emulated.config import demo_config
from providers.network import PublicNetwork
from tests.certificates import Certificates
from tests.door import Door
from tests.house import SECRET, STOCK, a_client, settings_for
from tests.plain_portal import PlainPortal
from tests.signposts import HERE, Shared, Signposts

BROKER = "https://login.provberga-energi.example"
UPSTREAMS = "https://accounts.upstream-one.localhost"
PORTAL = "https://minasidor.elnat-portal.example"
EXAMPLE_PORTAL = "https://www.exempelportalen.example"
STRANGER = "https://vinn-en-cykel.example"
SIBLING = "https://kampanj.provberga-energi.example"
"""Another site of the utility's own: same registrable name as the broker, and broken into."""

IMPOSTOR = "https://www.inloggningen.example"
"""A site whose certificate is of a CA that nobody here trusts."""

ORIGINS = (BROKER, UPSTREAMS, PORTAL, EXAMPLE_PORTAL, STRANGER, SIBLING, IMPOSTOR)
APP_REDIRECT = "example.provberga.app:/signed-in"
_ADDRESSES = ("issuer", "providers.", "clients.app.")
"""What of the settings is this town's own, and must pass the checks of a real installation."""

_STEP = 0.02
_START_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Sites:
    """All that stands in the town, and what a browser must be told to find it."""

    broker: Door
    portal: PlainPortal
    chromium_arguments: tuple[str, ...]


def site_settings(directory: Path) -> Settings:
    """A broker on https, its upstreams at a site of their own behind the same firewall."""
    private = (host_of(UPSTREAMS),)
    providers = {
        name: each.model_copy(update={"private_hosts": private})
        for name, each in emulated_providers(UPSTREAMS).items()
    }
    settings = settings_for(directory).model_copy(
        update={"issuer": BROKER, "providers": providers, "clients": _clients()}
    )
    problems = check(settings, refused=frozenset())
    assert [each for each in problems if each.path.startswith(_ADDRESSES)] == []
    return settings


def _clients() -> dict[str, ClientSettings]:
    here = {
        "redirect_uris": (f"{PORTAL}/callback",),
        "post_logout_redirect_uris": (f"{PORTAL}/bye",),
        "home_uri": PORTAL,
        "initiate_login_uri": f"{PORTAL}/login",
    }
    there = f"{EXAMPLE_PORTAL}/elnat"
    return {
        "portal": a_client("elnat", **here),
        "consenting": a_client("elnat", consent=True, **here),
        "app": a_client("elnat", secrets=(), redirect_uris=(APP_REDIRECT,)),
        "example": a_client(
            "elnat",
            redirect_uris=(f"{there}/callback",),
            post_logout_redirect_uris=(f"{there}/signed-out",),
            home_uri=there,
            initiate_login_uri=f"{there}/login",
            scopes=tuple(example.SCOPES.split()),
        ),
    }


class Town:
    """Takes a port for each site, makes its certificate, and serves until told to stop."""

    def __init__(self, directory: Path) -> None:
        self.settings = site_settings(directory)
        self._listeners = {host_of(origin): _listen() for origin in ORIGINS}
        self._ports = {host: each.getsockname()[1] for host, each in self._listeners.items()}
        self._certificates = Certificates(self._ports, foreign={host_of(IMPOSTOR)})
        self._opened = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._told = asyncio.Event()
        self.sites: Sites | None = None

    @contextmanager
    def running(self) -> Iterator[Sites]:
        """Serve in a thread of its own; what goes wrong there is raised here."""
        with ThreadPoolExecutor(1, "sites") as pool:
            serving = pool.submit(self._loop.run_until_complete, self._serve())
            try:
                while not self._opened.wait(_STEP):
                    if serving.done():
                        serving.result()
                assert self.sites is not None
                yield self.sites
            finally:
                self._loop.call_soon_threadsafe(self._told.set)
                serving.result(_START_SECONDS)
                self._loop.close()

    async def _serve(self) -> None:
        async with AsyncExitStack() as stack:
            pool = await stack.enter_async_context(self._pool())
            http = await stack.enter_async_context(
                httpx2.AsyncClient(transport=Shared(pool), trust_env=False)
            )
            broker = Door(await stack.enter_async_context(opened(self.settings, http=http)))
            plain = PlainPortal(PORTAL, BROKER, http)
            apps = {
                BROKER: broker,
                UPSTREAMS: build_upstreams(demo_config(UPSTREAMS, BROKER), stock=STOCK),
                PORTAL: plain.app(),
                EXAMPLE_PORTAL: _example_portal(Shared(pool)),
                STRANGER: _empty_site(),
                SIBLING: _empty_site(),
                IMPOSTOR: _empty_site(),
            }
            servers = [
                (self._server(origin, app), self._listeners[host_of(origin)])
                for origin, app in apps.items()
            ]
            await stack.enter_async_context(_started(servers))
            self.sites = Sites(broker, plain, self._chromium_arguments())
            self._opened.set()
            await self._told.wait()
            await pool.aclose()  # the servers close only what nobody holds open

    @asynccontextmanager
    async def _pool(self) -> AsyncIterator[httpcore2.AsyncConnectionPool]:
        """The product's own judge of addresses, in front of this town's DNS."""
        private = {host for each in self.settings.providers.values() for host in each.private_hosts}
        private.add(host_of(BROKER))  # for the portals' own calls
        network = PublicNetwork(Signposts(self._ports), private_hosts=private)
        async with httpcore2.AsyncConnectionPool(
            ssl_context=self._certificates.trust(), network_backend=network
        ) as pool:
            yield pool

    def _server(self, origin: str, app: ASGIApp) -> uvicorn.Server:
        context = self._certificates.of(host_of(origin))
        return uvicorn.Server(
            uvicorn.Config(
                app,
                http=limited_protocol(Cookies(is_secure=True).clearing_headers()),
                ssl_context_factory=lambda *_: context,
                ws="none",
                lifespan="auto",
                proxy_headers=False,
                access_log=False,
                server_header=False,
                log_config=None,
                timeout_graceful_shutdown=1,
            )
        )

    def _chromium_arguments(self) -> tuple[str, ...]:
        """Where the hosts are, and whose keys are trusted as if a CA of the browser's vouched."""
        rules = [f"MAP {host}:443 {HERE}:{port}" for host, port in self._ports.items()]
        return (
            f"--host-resolver-rules={', '.join([*rules, 'MAP * ~NOTFOUND'])}",
            f"--ignore-certificate-errors-spki-list={','.join(self._certificates.trusted_keys)}",
        )


@contextmanager
def open_sites(template: Path, directory: Path) -> Iterator[Sites]:
    """The town, on a copy of the template's database."""
    shutil.copytree(template, directory, dirs_exist_ok=True)
    with Town(directory).running() as sites:
        yield sites


def _listen() -> socket.socket:
    listener = socket.socket()
    listener.bind((HERE, 0))
    listener.listen()
    return listener


def _example_portal(transport: httpx2.AsyncBaseTransport) -> Starlette:
    entrance = example.Entrance(
        key="elnat",
        name="Mina sidor elnät",
        company="Elnat",
        client_id="example",
        client_secret=SECRET,
        api=f"{EXAMPLE_PORTAL}/api",
    )
    return example.build(EXAMPLE_PORTAL, BROKER, [entrance], transport=transport)


def _empty_site() -> Starlette:
    async def page(_request: object) -> HTMLResponse:
        return HTMLResponse("<!doctype html><link rel=icon href=data:,><title>Hej</title>")

    return Starlette(routes=[Route("/", page)])


@asynccontextmanager
async def _started(
    servers: list[tuple[uvicorn.Server, socket.socket]],
) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(server.serve(sockets=[at])) for server, at in servers]
    try:
        while not all(server.started for server, _ in servers):
            assert not any(task.done() for task in tasks), "a site did not start"
            await asyncio.sleep(_STEP)
        yield
    finally:
        for server, _ in servers:
            server.should_exit = True
        await asyncio.gather(*tasks)
