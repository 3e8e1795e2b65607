"""The emulated providers in process, with keys made once for the whole run."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from providers.emulated.app import build
from providers.emulated.clock import ShiftedClock
from providers.emulated.config import Config, demo_config
from providers.emulated.consoles import Registration
from providers.emulated.keys import KeyStock
from providers.emulated.outbound import Outbound
from tests.providers.emulated.party import BROKER, ORIGIN, Party

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def stock() -> KeyStock:
    """Keys that every application in this run shares."""
    return KeyStock()


@dataclass
class Naps:
    """Records how long the providers would have slept."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@dataclass
class Receiver:
    """The broker's side of notices: remembers what came, answers what it is told to."""

    response: httpx2.Response = field(default_factory=lambda: httpx2.Response(200))
    page: httpx2.Response = field(default_factory=lambda: httpx2.Response(200))
    received: list[httpx2.Request] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.received.append(request)
        return self.page if request.method == "GET" else self.response


@pytest.fixture
def naps() -> Naps:
    """The sleeps that the providers asked for."""
    return Naps()


@pytest.fixture
def receiver() -> Receiver:
    """The broker's side of notices."""
    return Receiver()


Make = Callable[..., Starlette]


@pytest.fixture
def make_app(stock: KeyStock, naps: Naps, receiver: Receiver) -> Make:
    """Build the application, with changes to one provider's demo registration."""

    def make(provider: str = "", **changes: Any) -> Starlette:
        config = demo_config(ORIGIN, BROKER)
        registrations = dict(config.registrations)
        if provider:
            changed: tuple[Registration, ...] = tuple(
                replace(one, **changes) for one in registrations[provider]
            )
            registrations[provider] = changed
        outbound = Outbound(httpx2.MockTransport(receiver))
        config = Config(config.bases, registrations)
        clock = ShiftedClock(lambda: NOW)
        return build(config, clock=clock, stock=stock, sleep=naps, outbound=outbound)

    return make


@pytest.fixture
async def browser(make_app: Make) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser with cookies that follows no redirect by itself."""
    async with open_browser(make_app()) as client:
        yield client


def open_browser(app: Starlette) -> httpx2.AsyncClient:
    """Return a browser in front of the application."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=ORIGIN)


@pytest.fixture
def party(browser: httpx2.AsyncClient) -> Callable[[str], Party]:
    """Make the client at a provider."""

    def make(provider: str) -> Party:
        return Party(browser, provider)

    return make


@pytest.fixture
def party_with(make_app: Make) -> Callable[..., Party]:
    """Make the client at a provider whose console says something else."""

    def make(provider: str, **changes: Any) -> Party:
        return Party(open_browser(make_app(provider, **changes)), provider)

    return make
