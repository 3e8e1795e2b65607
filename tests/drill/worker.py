"""A worker of the drill: the broker as it is, on loopback, with two doors more.

One mints access tokens as the token endpoint does, without a login before each; the other sets
this worker's clock wrong. `python -m tests.drill.worker PORT PACE PLACE`, the last as JSON.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from broker.app.doors import house
from broker.app.login import Login as UseCases
from broker.app.login import login as use_cases
from broker.app.parts import Parts, opened_parts, prefixed_id, utc_now
from broker.app.ring import ALGORITHMS
from broker.app.serving import assemble
from broker.chores.rotating import Rotating
from broker.chores.running import Chore, Chores
from broker.wiring.secret_prints import master_marks
from keys import KeysError
from keys.lease import since_boot
from tests.drill.pace import BEAT, PACES, TURN_EVERY, drill_schedule
from tests.drill.place import GRANT, SCOPES, Place, clients, login


@dataclass
class WrongClock:
    """The machine's clock, off by some seconds: what a worker knows of the time, and how long."""

    off: float = 0.0

    def now(self) -> datetime:
        """As the broker asks it."""
        return utc_now() + timedelta(seconds=self.off)

    def seconds(self) -> float:
        """As the lease does."""
        return time.time() + self.off


class Doors:
    """What only a drill has."""

    def __init__(self, parts: Parts, use: UseCases, clock: WrongClock) -> None:
        self._mint = use.mint
        self._clients = clients(parts)
        self._clock = clock
        self._next: Iterator[str] = itertools.cycle(self._clients)

    async def mint(self, request: Request) -> Response:
        """So many access tokens, a line each, by each algorithm in turn; 503 where none is."""
        wanted, tokens = int(request.query_params["count"]), []
        try:
            for _ in range(wanted):
                client = self._clients[next(self._next)]
                tokens.append(self._mint.access_token(client, login(), SCOPES, (), grant=GRANT))
                await asyncio.sleep(0)  # whoever else asks is served in between
        except KeysError as error:
            if not tokens:
                return PlainTextResponse(error.code, 503)
        return PlainTextResponse("\n".join(tokens))

    async def turn_clock(self, request: Request) -> Response:
        """Set the clock wrong by `off` seconds."""
        self._clock.off = float(request.query_params["off"])
        return PlainTextResponse("turned")

    def routes(self) -> list[Route]:
        """Beside the broker's own."""
        return [Route("/drill/mint", self.mint), Route("/drill/clock", self.turn_clock)]


async def serve(port: int, pace: str, place: Place) -> None:
    """Until a signal."""
    settings, clock = place.settings(), WrongClock()
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(
            opened_parts(
                settings, clock=clock.now, clocks=(since_boot, clock.seconds), pace=PACES[pace]
            )
        )
        await stack.enter_async_context(parts.following.running())
        await stack.enter_async_context(parts.fetches.running())
        if pace == "hurried":
            await stack.enter_async_context(_chores(parts).running())
        use = use_cases(parts)
        app = assemble(house(parts, use), settings)
        app.router.routes.extend(Doors(parts, use, clock).routes())
        config = uvicorn.Config(
            app, host="127.0.0.1", port=port, log_level="warning", access_log=False,
            proxy_headers=False, lifespan="off",
        )  # fmt: skip
        await uvicorn.Server(config).serve()


def _chores(parts: Parts) -> Chores:
    sealing = master_marks(parts.settings)[0]
    rotating = Rotating(
        shop=parts.ring.shop,
        schedule=drill_schedule(),
        algorithms=ALGORITHMS,
        is_automatic=True,
        revisions=parts.storage.revisions,
        without=lambda: parts.storage.workers.without(sealing),
        log=parts.log,
    )
    chore = Chore("keys", TURN_EVERY, rotating.run, is_frequent=True)
    return Chores(
        [chore],
        parts.storage.leases,
        prefixed_id("w"),
        parts.clock,
        parts.log,
        beat=BEAT,
        has_the_time=lambda: parts.following.knows,
    )


if __name__ == "__main__":
    told = sys.argv[1:]
    asyncio.run(serve(int(told[0]), told[1], msgspec.json.decode(told[2], type=Place)))
