"""An offered load, far below what the brokers could do, and how long logins take under it.

People come at a rate of their own, whether those before them are through or not: who waits keeps
nobody else from coming, so that waiting is seen and not spared.
"""

import asyncio
import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.faults.people import Login, Person, Seen, Town

PERCENTS = (50, 95, 99)


async def arriving(
    town: Town, seen: Seen, per_second: Mapping[str, float], over: asyncio.Event
) -> None:
    """Let people come, so many a second at each provider; returns when the last one has left."""
    async with asyncio.TaskGroup() as group:

        async def coming(provider: str, rate: float) -> None:
            while not over.is_set():
                group.create_task(Person(town, seen, provider).sign_in())
                await asyncio.sleep(random.uniform(0.5, 1.5) / rate)  # noqa: S311

        for provider, rate in per_second.items():
            group.create_task(coming(provider, rate))


@dataclass(frozen=True)
class Window:
    """The logins at some providers that were begun between two moments, in seconds, sorted."""

    seconds: tuple[float, ...]

    @classmethod
    def of(
        cls, logins: Iterable[Login], providers: Iterable[str], begin: float, end: float
    ) -> "Window":
        """Choose them."""
        wanted = set(providers)
        return cls(
            tuple(
                sorted(
                    each.seconds
                    for each in logins
                    if each.provider in wanted and begin <= each.began < end
                )
            )
        )

    def __add__(self, other: "Window") -> "Window":
        return Window(tuple(sorted(self.seconds + other.seconds)))

    def at(self, percent: int) -> float:
        """So many in a hundred took no longer (nearest rank)."""
        if not self.seconds:
            return math.nan
        return self.seconds[math.ceil(len(self.seconds) * percent / 100) - 1]

    def __str__(self) -> str:
        values = " / ".join(f"{self.at(percent):.2f}" for percent in PERCENTS)
        return f"{values} ({len(self.seconds)})"


def ratio(during: Window, before: Window) -> str:
    """How many times as long, at each percentage."""
    return " / ".join(f"{during.at(each) / before.at(each):.2f}" for each in PERCENTS)


@dataclass(frozen=True)
class Processors:
    """What all processors of this machine have had to do so far, for us and for anybody else."""

    idle: int
    total: int

    @classmethod
    def now(cls) -> "Processors":
        """Read the kernel's count."""
        counted = [int(each) for each in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
        return cls(counted[3], sum(counted))

    def idle_since(self, earlier: "Processors") -> float:
        """The part of the time in which they had nothing to do."""
        return (self.idle - earlier.idle) / max(1, self.total - earlier.total)
