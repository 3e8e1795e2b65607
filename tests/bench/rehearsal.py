"""Our broker in this process, once through every operation, to count where it goes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import structlog
import uvicorn

from broker.app import build
from broker.cli.configuration import read_settings
from tests.bench.installation import Installation
from tests.bench.trips import TIMES, Counter, Trips, counting
from tests.bench.visitors import Browser, Portal, ask_userinfo
from tests.bench.wire import Wire

_ES256, _RS256 = "portal-es256", "portal-rs256"
_PLACE = 60
"""A customer of the register whom nobody else takes."""


async def count_trips(installation: Installation, upstreams: str) -> dict[str, Trips]:
    """Return the trips of each operation of the table."""
    origin = f"http://localhost:{installation.port}"
    with counting() as counter:
        async with _serving(installation), Wire(origin) as broker, Wire(upstreams) as upstream:
            browser = Browser(broker, upstream, "load-60")
            path = await browser.come_back(await browser.sign_in(await browser.leave(_ES256)))
            await browser.prove(path, *installation.customer(_PLACE))
            return await Rehearsal(counter, browser).count()


class Rehearsal:
    """Every operation, on its own."""

    def __init__(self, counter: Counter, browser: Browser) -> None:
        self._counter = counter
        self._browser = browser

    async def count(self) -> dict[str, Trips]:
        """Count one operation after the other."""
        of, browser = self._counter.of, self._browser
        return {
            "authorize → page of choice": await of(lambda: browser.anew().choose(_ES256)),
            "authorize → provider": await of(lambda: browser.anew().leave(_ES256)),
            **await self._login(),
            "authorize → code (single sign-on)": await of(lambda: browser.single_sign_on(_ES256)),
            "code exchange RS256": await self._exchange(_RS256),
            "code exchange ES256": await self._exchange(_ES256),
            "userinfo": await self._userinfo(),
        }

    async def _login(self) -> dict[str, Trips]:
        """The two halves of coming back: each needs the step before it done, uncounted."""
        browsers = [self._browser.anew() for _ in range(TIMES)]
        callbacks = [(b, await b.sign_in(await b.leave(_ES256))) for b in browsers]
        paths: list[tuple[Browser, str]] = []

        async def come_back() -> None:
            browser, callback = callbacks.pop()
            paths.append((browser, await browser.come_back(callback)))

        async def arrive() -> None:
            browser, path = paths.pop()
            await browser.arrive(path)

        return {
            "callback": await self._counter.of(come_back),
            "callback → code": await self._counter.of(arrive),
        }

    async def _exchange(self, client: str) -> Trips:
        codes = [await self._browser.single_sign_on(client) for _ in range(TIMES)]
        portal = Portal(self._browser.broker, client)
        return await self._counter.of(lambda: portal.redeem(codes.pop()))

    async def _userinfo(self) -> Trips:
        portal = Portal(self._browser.broker, _ES256)
        token = await portal.redeem(await self._browser.single_sign_on(_ES256))
        return await self._counter.of(lambda: ask_userinfo(self._browser.broker, token))


@asynccontextmanager
async def _serving(installation: Installation) -> AsyncIterator[None]:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    settings = read_settings(installation.folder / "farstu.toml")
    config = uvicorn.Config(
        build(settings), port=installation.port, lifespan="on", log_level="error", ws="none"
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            raise RuntimeError("the broker did not start")
        await asyncio.sleep(0.02)
    yield
    server.should_exit = True
    await task


class _Server(uvicorn.Server):
    """Signals are the benchmark's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
