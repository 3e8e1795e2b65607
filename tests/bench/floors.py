"""The floor under load: its plan, and the same operations as ours, request by request."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Self

from tests.bench.floor import Work
from tests.bench.load import LANES, WRK_SECONDS, Cost, Costs, hammer, measure
from tests.bench.processes import Running
from tests.bench.trips import Trips
from tests.bench.visitors import authorization_request
from tests.bench.wire import Jar, Wire

OPERATIONS: dict[str, tuple[Work, ...]] = {
    "authorize → page of choice": (Work(seals=1), Work(opens=1), Work(opens=1)),
    "authorize → provider": (Work(seals=1), Work(opens=1, seals=1)),
    "callback": (Work(opens=1, seals=1, verifies="RS256", asks_provider=True),),
    "callback → code": (Work(opens=1, seals=1),),
    "code exchange ES256": (Work(signs=("ES256", "ES256"), answers_json=True),),
    "code exchange RS256": (Work(signs=("RS256", "RS256"), answers_json=True),),
    "userinfo": (Work(verifies="ES256", answers_json=True),),
    "authorize → code (single sign-on)": (Work(seals=1), Work(opens=1)),
}
"""The requests of each operation and their cryptography; the trips are counted at the broker."""

WHOLE = {
    "whole login with provider, ES256": (
        "authorize → provider",
        "callback",
        "callback → code",
        "code exchange ES256",
    ),
    "whole login on a session, ES256": (
        "authorize → code (single sign-on)",
        "code exchange ES256",
    ),
    "whole login on a session, RS256": (
        "authorize → code (single sign-on)",
        "code exchange RS256",
    ),
}


def requests(trips: dict[str, Trips]) -> dict[str, Work]:
    """Every request by its path; an operation's trips are all made by its last request."""
    planned: dict[str, Work] = {}
    for operation, works in OPERATIONS.items():
        for place, work in enumerate(works):
            is_last = place == len(works) - 1
            planned[path_of(operation, place)] = Work(
                trips=trips[operation] if is_last else Trips(),
                seals=work.seals,
                opens=work.opens,
                signs=work.signs,
                verifies=work.verifies,
                asks_provider=work.asks_provider,
                answers_json=work.answers_json,
            )
    return planned


def path_of(operation: str, place: int) -> str:
    """Where an operation's request at this place goes."""
    return f"op{list(OPERATIONS).index(operation)}-{place}"


@dataclass(slots=True)
class FloorLoad:
    """Eight connections."""

    name: str
    server: Running
    _wires: list[Wire] = field(default_factory=list)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        for _ in range(LANES):
            self._wires.append(await self._stack.enter_async_context(Wire(self.server.origin)))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def round(self, count: int) -> Costs:
        """Each operation so many times on each connection."""
        costs = {
            "discovery": await hammer(self.server, "/discovery", seconds=WRK_SECONDS),
            "JWKS": await hammer(self.server, "/jwks", seconds=WRK_SECONDS),
        }
        for operation in OPERATIONS:
            costs[operation] = await self._do(operation, count)
        for whole, parts in WHOLE.items():
            first, *more = (costs[part] for part in parts)
            costs[whole] = sum(more, start=first)
        return costs

    async def _do(self, operation: str, count: int) -> Cost:
        query = authorization_request("portal-es256", "").lstrip("?")
        paths = [f"/{path_of(operation, n)}" for n in range(len(OPERATIONS[operation]))]

        async def once(lane: int, _: int) -> None:
            jar = Jar()
            for path in paths:
                if "exchange" in operation:
                    await self._wires[lane].post(path, query)
                else:
                    await self._wires[lane].get(f"{path}?{query}", jar)

        cost, _ = await measure(self.server, [range(count)] * LANES, once)
        return cost
