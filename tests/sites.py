"""Portal, broker, upstream and a stranger as a browser meets them: four sites, all on https.

Each has a registrable name of its own and a certificate of a CA made here; Chromium is told by host
rules where they are, the broker by a network backend that knows the same, so that addresses have no
port and certificates are verified by name. Everything runs in one thread beside the test.
"""

import asyncio
import base64
import hashlib
import shutil
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpcore2
import httpx2
import trustme
import uvicorn
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from broker.app.serving import opened
from broker.dev import portal as example
from broker.dev.upstreams import emulated_providers
from broker.endpoints.cookies import Cookies
from broker.middleware.protocol import limited_protocol
from broker.settings.check import check
from broker.settings.schema import ClientSettings, Settings
from providers.emulated.app import build as build_upstreams
from providers.emulated.config import demo_config
from providers.network import PoolTransport, PublicNetwork
from tests.house import SECRET, STOCK, a_client, settings_for
from tests.plain_portal import PlainPortal

BROKER = "https://login.provberga-energi.example"
UPSTREAMS = "https://accounts.upstream-one.localhost"
PORTAL = "https://minasidor.elnat-portal.example"
EXAMPLE_PORTAL = "https://www.exempelportalen.example"
STRANGER = "https://vinn-en-cykel.example"
SIBLING = "https://kampanj.provberga-energi.example"
"""Another site of the utility's own: same registrable name as the broker, and broken into."""

IMPOSTOR = "https://www.inloggningen.example"
"""A site whose certificate is of a CA that nobody here trusts."""

APP_REDIRECT = "example.provberga.app:/signed-in"
_HERE = "127.0.0.1"
_ADDRESSES = ("issuer", "providers.", "clients.app.")
"""What of the settings is this town's own, and must pass the checks of a real installation."""

_STEP = 0.02
_START_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request as a site received it; `site` is Sec-Fetch-Site, `cookies` are the names."""

    method: str
    path: str
    site: str
    cookies: frozenset[str]


@dataclass
class Door:
    """In front of an application: writes down who comes in, and from where."""

    app: ASGIApp
    arrivals: list[Arrival] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write down, and pass on."""
        if scope["type"] == "http":
            headers = {name: value.decode() for name, value in scope["headers"]}
            pairs = headers.get(b"cookie", "").split("; ")
            names = frozenset(pair.partition("=")[0] for pair in pairs if pair)
            site = headers.get(b"sec-fetch-site", "")
            self.arrivals.append(Arrival(scope["method"], scope["path"], site, names))
        await self.app(scope, receive, send)

    def last(self, path: str, method: str = "GET") -> Arrival:
        """The latest request of this path."""
        return next(
            each for each in reversed(self.arrivals) if (each.path, each.method) == (path, method)
        )


@dataclass(frozen=True, slots=True)
class Sites:
    """All that stands in the town, and what a browser must be told to find it."""

    broker: Door
    portal: PlainPortal
    chromium_arguments: tuple[str, ...]


class Signposts(httpcore2.AsyncNetworkBackend):
    """Leads every host name to its port on this machine: what DNS does elsewhere."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._ports = ports
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface of httpcore2
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to where the host stands; 443 is the only port there is."""
        if port != 443:
            raise httpcore2.ConnectError("connection refused")
        return await self._inner.connect_tcp(
            _HERE, self._ports[host], timeout, local_address, socket_options
        )

    async def sleep(self, seconds: float) -> None:
        """As the inner one."""
        await self._inner.sleep(seconds)


class Shared(PoolTransport):
    """A transport that outlives the clients that are made on it: Authlib makes one per call."""

    async def aclose(self) -> None:
        """Leave it open; the town closes the pool."""


def site_settings(directory: Path) -> Settings:
    """A broker on https, its upstreams at a site of their own behind the same firewall."""
    private = (urlsplit(UPSTREAMS).hostname or "",)
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
        self._listeners = {
            urlsplit(origin).hostname or "": _listen()
            for origin in (BROKER, UPSTREAMS, PORTAL, EXAMPLE_PORTAL, STRANGER, SIBLING, IMPOSTOR)
        }
        self._ca = trustme.CA()
        self._leaves = {host: self._ca.issue_cert(host) for host in self._listeners}
        self._known = tuple(map(_key_hash, self._leaves.values()))
        impostor = urlsplit(IMPOSTOR).hostname or ""
        self._leaves[impostor] = trustme.CA().issue_cert(impostor)
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
                (self._server(origin, app), self._listener(origin)) for origin, app in apps.items()
            ]
            await stack.enter_async_context(_started(servers))
            self.sites = Sites(broker, plain, self._chromium_arguments())
            self._opened.set()
            await self._told.wait()
            await pool.aclose()  # the servers close only what nobody holds open

    @asynccontextmanager
    async def _pool(self) -> AsyncIterator[httpcore2.AsyncConnectionPool]:
        """The product's own judge of addresses, in front of this town's DNS."""
        trusting = ssl.create_default_context()
        self._ca.configure_trust(trusting)
        ports = {host: each.getsockname()[1] for host, each in self._listeners.items()}
        private = {host for each in self.settings.providers.values() for host in each.private_hosts}
        private |= {urlsplit(BROKER).hostname or ""}  # for the portals' own calls
        network = PublicNetwork(Signposts(ports), private_hosts=private)
        async with httpcore2.AsyncConnectionPool(
            ssl_context=trusting, network_backend=network
        ) as pool:
            yield pool

    def _listener(self, origin: str) -> socket.socket:
        return self._listeners[urlsplit(origin).hostname or ""]

    def _server(self, origin: str, app: ASGIApp) -> uvicorn.Server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._leaves[urlsplit(origin).hostname or ""].configure_cert(context)
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
        """Where the hosts are, and whose keys are trusted as if a CA of the browser vouched."""
        rules = [
            f"MAP {host}:443 {_HERE}:{each.getsockname()[1]}"
            for host, each in self._listeners.items()
        ]
        return (
            f"--host-resolver-rules={', '.join([*rules, 'MAP * ~NOTFOUND'])}",
            f"--ignore-certificate-errors-spki-list={','.join(self._known)}",
        )


@contextmanager
def open_sites(template: Path, directory: Path) -> Iterator[Sites]:
    """The town, on a copy of the template's database."""
    shutil.copytree(template, directory, dirs_exist_ok=True)
    with Town(directory).running() as sites:
        yield sites


def _listen() -> socket.socket:
    listener = socket.socket()
    listener.bind((_HERE, 0))
    listener.listen()
    return listener


def _key_hash(leaf: trustme.LeafCert) -> str:
    """A certificate's public key as Chromium's list has it: base64 of SHA-256 of the SPKI."""
    certificate = load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(spki).digest()).decode()


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
