"""Load: the same small piece of work, on eight connections at once, and what it cost the server.

A figure is CPU time of the server's processes per operation; how many a second came through is
told beside it, but that is the driver's limit as often as the server's.
"""

import asyncio
import re
import subprocess
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.bench.processes import Running

LANES = 8
WRK_SECONDS = 1.0
DISCOVERY = "/.well-known/openid-configuration"
_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
_REQUESTS = re.compile(r"(\d+) requests in ([\d.]+)(m?s|m),")
_FAILURES = re.compile(r"(Non-2xx.*|Socket errors.*)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of CPU per operation, and operations per second."""

    cpu: float
    rate: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.cpu + other.cpu, 1 / (1 / self.rate + 1 / other.rate))


Costs = dict[str, Cost]
"""By operation."""


async def measure(
    server: Running,
    lanes: Sequence[Sequence[_Given]],
    work: Callable[[int, _Given], Awaitable[_Made]],
) -> tuple[Cost, list[list[_Made]]]:
    """Do all the work of each lane in order, the lanes at once; what was made, lane by lane."""
    cpu, begun = server.cpu_seconds(), time.perf_counter()
    made = await asyncio.gather(*(_in_order(lane, given, work) for lane, given in enumerate(lanes)))
    taken = time.perf_counter() - begun
    count = sum(map(len, lanes))
    return Cost((server.cpu_seconds() - cpu) * 1000 / count, count / taken), made


async def hammer(server: Running, path: str, *, seconds: float) -> Cost:
    """One fixed request again and again, by wrk: for answers cheaper than a Python driver."""
    cpu = server.cpu_seconds()
    command = ["wrk", "-t1", f"-c{LANES}", f"-d{seconds:g}s", f"{server.origin}{path}"]
    told = await asyncio.to_thread(_output, command)
    spent = server.cpu_seconds() - cpu
    found, failures = _REQUESTS.search(told), _FAILURES.search(told)
    if found is None or failures is not None:
        raise RuntimeError(f"wrk at {path}: {told}")
    count, taken = int(found[1]), float(found[2]) * _SECONDS[found[3]]
    return Cost(spent * 1000 / count, count / taken)


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


async def _in_order(
    lane: int, given: Sequence[_Given], work: Callable[[int, _Given], Awaitable[_Made]]
) -> list[_Made]:
    return [await work(lane, each) for each in given]
