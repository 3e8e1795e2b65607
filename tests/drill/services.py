"""The services that take our tokens, each twice: one ahead of the time, and one behind it.

The one ahead is also shown bad tokens. The one behind is shown good ones alone, since an unknown
`kid` makes most libraries fetch: it has nothing but its cache's own habits.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.drill import installing
from tests.drill.installing import LeftOut
from tests.drill.pace import LEEWAY_SECONDS, SKEW_SECONDS, Cache
from tests.drill.place import AUDIENCE

_ROOT = Path(__file__).parents[2]
_FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
_LONGEST_LINE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Library:
    """One way of verifying.

    `without`: the algorithms that it does not know. `asks_system`: for the time.
    """

    name: str
    command: Sequence[str]
    cache: Cache
    without: frozenset[str] = frozenset()
    asks_system: bool = False


@dataclass(slots=True)
class Service:
    """A process that verifies. Its clock is `skew` seconds ahead."""

    library: Library
    skew: int
    process: asyncio.subprocess.Process

    @property
    def name(self) -> str:
        """As the table calls it."""
        return f"{self.library.name}, {self.skew:+d} s"

    @property
    def is_shown_bad_ones(self) -> bool:
        """Only one of each two."""
        return self.skew >= 0

    async def judge(self, tokens: Sequence[str]) -> list[str]:
        """A word for each token: `ok`, or why not."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if not tokens:
            return []
        self.process.stdin.write((" ".join(tokens) + "\n").encode())
        await self.process.stdin.drain()
        words = (await self.process.stdout.readline()).decode().split()
        if len(words) != len(tokens):
            raise RuntimeError(f"{self.name} has ended")
        return words


def libraries() -> tuple[list[Library], list[str]]:
    """Those that can take part, and a line for each that cannot."""
    python = [sys.executable, "-m"]
    wanted: list[tuple[str, Sequence[str] | LeftOut, Cache, frozenset[str]]] = [
        (
            "PyJWT (PyJWKClient)", _if_faketime([*python, "tests.drill.consumers.with_pyjwt"]),
            Cache(300, 5), frozenset(),
        ),
        (
            "joserfc (max-age alone)", [*python, "tests.drill.consumers.with_joserfc"],
            Cache(300, 5), frozenset(),
        ),
        ("jose (createRemoteJWKSet)", installing.node(), Cache(600, 10), frozenset()),
        ("go-oidc (RemoteKeySet)", installing.go(), Cache(None, None), frozenset()),
        ("Nimbus (JWKSourceBuilder)", installing.java(), Cache(300, 5), frozenset({"EdDSA"})),
    ]  # fmt: skip
    found = [
        Library(name, command, cache, without, asks_system="PyJWT" in name)
        for name, command, cache, without in wanted
        if not isinstance(command, LeftOut)
    ]
    left = [f"{name}: {it.why}" for name, it, *_ in wanted if isinstance(it, LeftOut)]
    return found, left


def _if_faketime(command: Sequence[str]) -> Sequence[str] | LeftOut:
    return command if _FAKETIME else LeftOut("faketime is not installed")


def _wrong_clock(skew: int) -> Mapping[str, str]:
    """For a library that asks the system for the time; how long something takes stays true."""
    return {
        "LD_PRELOAD": str(next(iter(_FAKETIME), "")),
        "FAKETIME": f"{skew:+d}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@asynccontextmanager
async def working(
    found: Sequence[Library], issuer: str, log: Path
) -> AsyncIterator[Sequence[Service]]:
    """All of them, twice."""
    services: list[Service] = []
    try:
        for library in found:
            for skew in (SKEW_SECONDS, -SKEW_SECONDS):
                one = await _started(library, skew, issuer, log)
                services.append(one)
        yield services
    finally:
        for each in services:
            if each.process.returncode is None:
                each.process.kill()
            await each.process.wait()


async def _started(library: Library, skew: int, issuer: str, log: Path) -> Service:
    cache = library.cache
    told = {
        "JWKS": f"{issuer}/jwks?consumer={library.name.split()[0]}",
        "ISSUER": issuer,
        "AUDIENCE": AUDIENCE,
        "LEEWAY": str(LEEWAY_SECONDS),
        "SKEW": str(skew),
        "CACHE": str(cache.here or 0),
        "COOLDOWN": str(cache.cooldown),
        "PYTHONWARNINGS": "ignore",
        **(_wrong_clock(skew) if library.asks_system else {}),
    }
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *("nice", "-n", "2"),  # workers come first: they have seconds to keep
            *library.command,
            cwd=_ROOT,
            env={**os.environ, **told},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            limit=_LONGEST_LINE,
        )
    return Service(library, skew, process)
