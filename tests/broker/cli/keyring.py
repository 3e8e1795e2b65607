"""What the tests of `farstu keys` look at: the stored keys, and who did what."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

from typer.testing import Result

from broker.cli.configuration import read_settings
from broker.cli.database import opened
from keys import Algorithm, KeyRecord, State

Run = Callable[..., Result]
DAY = timedelta(days=1)
WHY = ("--reason", "a yearly exercise", "--by", "anna", "--yes")


def kept() -> Sequence[KeyRecord]:
    """The records as they are stored."""

    async def read() -> Sequence[KeyRecord]:
        async with opened(read_settings(None)) as storage:
            return await storage.keys.all()

    return asyncio.run(read())


def kid_in(state: State, algorithm: Algorithm = Algorithm.ES256) -> str:
    """The only key of an algorithm in this state."""
    [found] = [each for each in kept() if (each.state, each.algorithm) == (state, algorithm)]
    return found.kid


def trail() -> list[tuple[str, str, str]]:
    """What the audit trail says was done by somebody, and why."""

    async def read() -> list[tuple[str, str, str]]:
        async with opened(read_settings(None)) as storage:
            events = [each.event async for each in storage.audit.read(after=0)]
        return [
            (each.kind, each.actor, each.facts["reason"])
            for each in events
            if each.actor != "broker"
        ]

    return asyncio.run(read())
