"""One engine's trial: floor, our broker with one and two workers, and oidc-provider, in turns.

Every round takes each of them through every operation before the next begins, so that whatever
else the machine does meets all alike.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

import httpx2
import msgspec

from providers.emulated.google.metadata import TOKEN
from tests.bench.brokers import BrokerLoad
from tests.bench.floor import Plan
from tests.bench.floors import FloorLoad, requests
from tests.bench.installation import Engines, Installation
from tests.bench.load import DISCOVERY, Cost, Costs
from tests.bench.nodes import NodeLoad, environment
from tests.bench.processes import (
    ALL_CORES,
    OTHER_CORES,
    SERVER_CORES,
    Running,
    python,
    running,
)
from tests.bench.rehearsal import count_trips
from tests.bench.trips import Trips
from tests.servers.ports import free_port

FLOOR, OURS, TWO, NODE = "floor", "ours", "ours, two workers", "oidc-provider"


class Load(Protocol):
    """Somebody who takes a server through every operation."""

    name: str
    server: Running

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def round(self, count: int) -> Costs: ...


@dataclass(slots=True)
class Figures:
    """What was measured on one engine."""

    engine: str
    trips: dict[str, Trips]
    costs: dict[str, dict[str, list[Cost]]] = field(default_factory=dict)
    """By server and operation, one a round."""

    memory: dict[str, float] = field(default_factory=dict)
    starts: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Seconds to the first answer, and of CPU."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a trial needs of its surroundings. `floor_database` as the floor takes it."""

    folder: Path
    one: Engines
    two: Engines
    floor_database: str
    redis: str = ""
    node: Path | None = None


async def run_trial(
    place: Place, *, rounds: int, count: int, tell: Callable[[str], None]
) -> Figures:
    """Start everything, take every round, stop everything."""
    provider = free_port()
    origin = f"http://localhost:{provider}"
    one = Installation(place.folder / "one", place.one, free_port(), origin)
    two = Installation(place.folder / "two", place.two, free_port(), origin, workers=2)
    brokers = [f"http://localhost:{each.port}" for each in (one, two)]
    with ExitStack() as stack:
        for each in (one, two):
            each.prepare()
        command = python("-m", "tests.bench.provider", str(provider), *brokers)
        stack.enter_context(
            running(
                "provider", command, port=provider, ready="/google", cores=OTHER_CORES,
                log=place.folder / "provider.log",
            )
        )  # fmt: skip
        tell("counting trips")
        trips = await count_trips(one, origin)
        figures = Figures(place.one.name, trips)
        async with AsyncExitStack() as loads:
            ours = _ours(stack, place, origin, one, two)
            floor = _floor(stack, place, origin, trips, brokers[0])
            users: list[Load] = [floor, *ours, *_node(stack, place)]
            for user in users:
                await loads.enter_async_context(user)
            await _rounds(users, figures, rounds=rounds, count=count, tell=tell)
    return figures


async def _rounds(
    users: list[Load], figures: Figures, *, rounds: int, count: int, tell: Callable[[str], None]
) -> None:
    """A first round warms up and is left out."""
    for number in range(rounds + 1):
        tell(f"round {number} of {rounds}" if number else "warming up")
        for each in users:
            costs = await each.round(count)
            of_server = figures.costs.setdefault(each.name, defaultdict(list))
            for operation, cost in costs.items() if number else ():
                of_server[operation].append(cost)
    for each in users:
        figures.memory[each.name] = each.server.pss_mib()
        figures.starts[each.name] = (each.server.start_seconds, each.server.start_cpu)


def _ours(
    stack: ExitStack, place: Place, origin: str, one: Installation, two: Installation
) -> list[BrokerLoad]:
    return [
        BrokerLoad(
            name,
            stack.enter_context(
                running(
                    name, each.command("serve"), port=each.port, ready="/readyz", cores=cores,
                    log=place.folder / f"{name}.log",
                )
            ),
            origin,
            each,
        )
        for name, each, cores in ((OURS, one, SERVER_CORES), (TWO, two, ALL_CORES))
    ]  # fmt: skip


def _floor(
    stack: ExitStack, place: Place, origin: str, trips: dict[str, Trips], broker: str
) -> FloorLoad:
    plan = Plan(
        port=free_port(),
        database=place.floor_database,
        redis=place.redis,
        provider=f"{origin}/google{TOKEN}",
        requests=requests(trips),
        documents={
            "discovery": len(httpx2.get(f"{broker}{DISCOVERY}", trust_env=False).content),
            "jwks": len(httpx2.get(f"{broker}/jwks", trust_env=False).content),
        },
    )
    file = place.folder / "plan.json"
    file.write_bytes(msgspec.json.encode(plan))
    command = python("-m", "tests.bench.floor", str(file))
    log = place.folder / "floor.log"
    server = stack.enter_context(running(FLOOR, command, port=plan.port, ready="/jwks", log=log))
    return FloorLoad(FLOOR, server)


def _node(stack: ExitStack, place: Place) -> list[NodeLoad]:
    """Only where there is a Redis for it."""
    if place.node is None:
        return []
    port = free_port()
    server = stack.enter_context(
        running(
            NODE, ["node", str(place.node / "server.js")], port=port, ready="/jwks",
            log=place.folder / "node.log", environment=environment(port, place.redis),
        )
    )  # fmt: skip
    return [NodeLoad(NODE, server)]
