"""Our broker under load: eight people at eight connections, login by login."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Self

from tests.bench.installation import Installation
from tests.bench.load import DISCOVERY, LANES, WRK_SECONDS, Cost, Costs, hammer, measure
from tests.bench.processes import Running
from tests.bench.visitors import Browser, Portal, ask_userinfo
from tests.bench.wire import Wire


@dataclass(slots=True)
class BrokerLoad:
    """The broker's users. Their customers are connected at the beginning, before any figure."""

    name: str
    server: Running
    upstreams: str
    installation: Installation
    browsers: list[Browser] = field(default_factory=list)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        for lane in range(LANES):
            broker = await self._stack.enter_async_context(Wire(self.server.origin))
            upstream = await self._stack.enter_async_context(Wire(self.upstreams))
            self.browsers.append(Browser(broker, upstream, f"load-{lane}"))
        for lane, browser in enumerate(self.browsers):
            path = await browser.come_back(await browser.sign_in(await browser.leave(_FIRST)))
            await browser.prove(path, *self.installation.customer(lane))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def round(self, count: int) -> Costs:
        """Each operation so many times on each connection."""
        return {
            "discovery": await hammer(self.server, DISCOVERY, seconds=WRK_SECONDS),
            "JWKS": await hammer(self.server, "/jwks", seconds=WRK_SECONDS),
            **await self._choosing(count),
            **await self._logins(count),
            **await self._single_sign_on(count),
        }

    async def _choosing(self, count: int) -> Costs:
        async def choose(lane: int, _: int) -> None:
            await self.browsers[lane].anew().choose(_FIRST)

        cost, _ = await measure(self.server, [range(count)] * LANES, choose)
        return {"authorize → page of choice": cost}

    async def _logins(self, count: int) -> Costs:
        """Whole logins, all of them one step at a time; each in a browser of its own."""
        lanes = [[browser.anew() for _ in range(count)] for browser in self.browsers]
        left, away = await measure(self.server, lanes, lambda _, b: b.leave(_FIRST))
        going = [list(zip(*each, strict=True)) for each in zip(lanes, away, strict=True)]
        _, signed_in = await measure(self.server, going, lambda _, g: g[0].sign_in(g[1]))
        coming = [list(zip(*each, strict=True)) for each in zip(lanes, signed_in, strict=True)]
        back, paths = await measure(self.server, coming, lambda _, g: g[0].come_back(g[1]))
        standing = [list(zip(*each, strict=True)) for each in zip(lanes, paths, strict=True)]
        arrived, codes = await measure(self.server, standing, lambda _, g: g[0].arrive(g[1]))
        redeemed, tokens = await self._redeem(_FIRST, codes)
        told, _ = await measure(
            self.server, tokens, lambda lane, t: ask_userinfo(self.browsers[lane].broker, t)
        )
        return {
            "authorize → provider": left,
            "callback": back,
            "callback → code": arrived,
            "code exchange ES256": redeemed,
            "userinfo": told,
            "whole login with provider, ES256": left + back + arrived + redeemed,
        }

    async def _single_sign_on(self, count: int) -> Costs:
        costs: Costs = {}
        for algorithm in ("ES256", "RS256"):
            client = f"portal-{algorithm.lower()}"
            again, codes = await measure(
                self.server,
                [[client] * count] * LANES,
                lambda lane, c: self.browsers[lane].single_sign_on(c),
            )
            redeemed, _ = await self._redeem(client, codes)
            costs |= {
                "authorize → code (single sign-on)": again,
                f"code exchange {algorithm}": redeemed,
                f"whole login on a session, {algorithm}": again + redeemed,
            }
        return costs

    async def _redeem(self, client: str, codes: list[list[str]]) -> tuple[Cost, list[list[str]]]:
        portals = [Portal(browser.broker, client) for browser in self.browsers]
        return await measure(self.server, codes, lambda lane, code: portals[lane].redeem(code))


_FIRST = "portal-es256"
