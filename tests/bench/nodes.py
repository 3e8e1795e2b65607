"""oidc-provider under load, as far as it does the same work: on a session, code and tokens.

It has no provider behind it and no customers, so a first login is nothing to compare. Its access
token is a JWT like ours; for userinfo it takes only its opaque ones, so those are made for that.
"""

import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import msgspec

from tests.bench.installation import CALLBACK, PORTALS, secret_of
from tests.bench.load import DISCOVERY, LANES, WRK_SECONDS, Costs, hammer, measure
from tests.bench.processes import Running
from tests.bench.visitors import Portal, ask_userinfo, authorization_request, code_in, target_of
from tests.bench.wire import Jar, Wire

_HERE = Path(__file__).parent / "node"
_API = "https://api.example"


def installed() -> Path:
    """Return the folder in which npm has installed the server; outside the clone."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "farstu-bench-node"
    cache.mkdir(parents=True, exist_ok=True)
    for each in _HERE.iterdir():
        if each.is_file():
            shutil.copy(each, cache)
    quietly = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    subprocess.run(["npm", "ci", *quietly], cwd=cache, check=True, capture_output=True, timeout=300)
    return cache


def environment(port: int, redis: str) -> dict[str, str]:
    """What the server is told."""
    portals = [
        {"id": name, "secret": secret_of(name), "algorithm": algorithm}
        for name, algorithm in PORTALS.items()
    ]
    return {
        "PORT": str(port),
        "REDIS": redis,
        "CALLBACK": CALLBACK,
        "PORTALS": msgspec.json.encode(portals).decode(),
        "NODE_ENV": "production",
    }


@dataclass(slots=True)
class NodeLoad:
    """The same eight people, signed in there."""

    name: str
    server: Running
    _lanes: list[tuple[Wire, Jar]] = field(default_factory=list)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        for _ in range(LANES):
            wire, jar = await self._stack.enter_async_context(Wire(self.server.origin)), Jar()
            self._lanes.append((wire, jar))
            for client in PORTALS:
                address = authorization_request(client, "/auth")
                while not address.startswith(CALLBACK):
                    address = target_of(await wire.get(address, jar))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def round(self, count: int) -> Costs:
        """Each operation so many times on each connection."""
        costs: Costs = {
            "discovery": await hammer(self.server, DISCOVERY, seconds=WRK_SECONDS),
            "JWKS": await hammer(self.server, "/jwks", seconds=WRK_SECONDS),
        }
        for algorithm in ("ES256", "RS256"):
            client = f"portal-{algorithm.lower()}"
            again, codes = await measure(
                self.server,
                [[authorization_request(client, "/auth", resource=_API)] * count] * LANES,
                self._authorize,
            )
            redeemed, _ = await measure(self.server, codes, self._redeeming(client))
            costs |= {
                "authorize → code (single sign-on)": again,
                f"code exchange {algorithm}": redeemed,
                f"whole login on a session, {algorithm}": again + redeemed,
            }
        return costs | await self._userinfo(count)

    async def _userinfo(self, count: int) -> Costs:
        client = "portal-es256"
        requests = [[authorization_request(client, "/auth")] * count] * LANES
        _, codes = await measure(self.server, requests, self._authorize)
        _, tokens = await measure(self.server, codes, self._redeeming(client))
        told, _ = await measure(
            self.server,
            tokens,
            lambda lane, token: ask_userinfo(self._lanes[lane][0], token, "/me"),
        )
        return {"userinfo": told}

    async def _authorize(self, lane: int, address: str) -> str:
        wire, jar = self._lanes[lane]
        return code_in(target_of(await wire.get(address, jar)))

    def _redeeming(self, client: str) -> Callable[[int, str], Awaitable[str]]:
        return lambda lane, code: Portal(self._lanes[lane][0], client).redeem(code)
