"""`python -m tests.bench`: measure, print the tables, write them to `docs/figures.md`.

Not a test: figures depend on the machine. What to look at are the ratios.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.bench.installation import Engines
from tests.bench.nodes import installed
from tests.bench.processes import OTHER_CORES, ROOT
from tests.bench.register import RegisterFigures, measure_register, write_export
from tests.bench.report import (
    keys_part,
    machine,
    register_part,
    speed_part,
    timing_part,
    write_page,
)
from tests.bench.signing import ROUNDS, measure_ring
from tests.bench.timing import KindFigures, measure_timing, measure_view_timing
from tests.bench.trial import Figures, Place, run_trial
from tests.servers.postgresql import PASSWORD, PostgreSQL, postgresql
from tests.servers.redis import RedisServer, redis_server

_HOUSEHOLDS = (10_000, 1_000_000)
_SAMPLES = 100_000
_MANY = 100_000
"""From here on each household is billed for one month, below for fourteen."""

HOW = """\
{machine}

Made by `make bench`. Every round takes each server through every operation before the
next begins: {rounds} rounds after one to warm up, {count} operations on each of 8 connections. A
server with one worker is alone on one core; the load, the stores and the emulated provider are on
the other; two workers run on both. CPU is that of the server's processes, user and system, as the
scheduler counts it; the stores' own is not in it. Ratios are medians of the rounds' own.

The **floor** is bare Starlette under uvicorn: as many requests, as many round trips to the same
stores as our broker was counted to make (by the bare driver: aiosqlite, asyncpg, redis-py), the
same cryptography, and nothing else: no checks, no rules, no pages.

**oidc-provider** (from npm, with a Redis adapter of ours) makes the same tokens: a signed JWT as
access token and an ID token, no refresh token, PKCE and client_secret_basic. It keeps everything in
Redis, where we read in SQL whether the session and the grant live and write the grant to disk
before we answer; it has no provider behind it, no customers to look up, and no audit."""

REGISTER_HOW = """\
{machine}

Made by `make bench`; 10⁷ customers by
`python -m tests.bench --only register --households 10000000`.
The export is the generator's, imported by `farstu register import` (customers and invoices) on one
core; rows are those of invoices, though the customers are imported too and count in the time. A
look-up is both questions of a try to be verified, with true and false numbers in turn."""


TIMING_HOW = """\
{machine}

Made by `make bench`: failing tries of five kinds, judged one after the other in a random order
by the rule as it runs (`tests/bench/timing.py`), with 20,000 customers in the register.
It is the work before the answer waits for its tick of 250 ms. The slowest twentieth is left
out. |t| above 4.5 would be a difference that somebody could measure here, in the process
itself, with that many tries; over a network, through the tick and with the waits of each
account there is nothing left of it."""


KEYS_HOW = """\
{machine}

Made by `make bench` (`tests/bench/signing.py`): tokens with one customer, in process. The primitive
is `cryptography`'s signature over the same bytes; ours makes the JSON, the header and the
encoding, with keys that were parsed once. In turn, {rounds} rounds of 100; medians."""


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="default: %(default)s")
    parser.add_argument("--count", type=int, default=10, help="operations per connection and round")
    parser.add_argument(
        "--households", type=int, nargs="+", default=_HOUSEHOLDS,
        help="sizes of the registers; 10000000 takes long and 10 GB; default: %(default)s",
    )  # fmt: skip
    parser.add_argument(
        "--samples", type=int, default=_SAMPLES, help="refusals of each kind; default: %(default)s"
    )
    parser.add_argument("--only", choices=("speed", "register", "timing", "keys"), help="one part")
    return parser.parse_args(arguments)


def main() -> None:
    """Run."""
    told = read_arguments(sys.argv[1:])
    os.sched_setaffinity(0, OTHER_CORES)
    with tempfile.TemporaryDirectory(prefix="farstu-bench-") as folder, ExitStack() as stack:
        database = stack.enter_context(postgresql(fsync=True))
        redis = stack.enter_context(redis_server())
        if told.only in {None, "speed"}:
            how = HOW.format(machine=machine(), rounds=told.rounds, count=told.count)
            _show("speed", speed_part(_speed(Path(folder), database, redis, told), how))
        if told.only in {None, "register"}:
            how = REGISTER_HOW.format(machine=machine())
            _show("register", register_part(_registers(Path(folder), database, told), how))
        if told.only in {None, "keys"}:
            how = KEYS_HOW.format(machine=machine(), rounds=ROUNDS)
            _show("keys", keys_part(measure_ring(Path(folder) / "keys"), how))
        if told.only in {None, "timing"}:
            how = TIMING_HOW.format(machine=machine())
            _show("timing", timing_part(_timings(Path(folder), database, told), how))


def _show(part: str, text: str) -> None:
    sys.stdout.write(f"{text}\n\n")
    write_page(ROOT / "docs/figures.md", part, text)


def _speed(
    folder: Path, database: PostgreSQL, redis: RedisServer, told: argparse.Namespace
) -> list[Figures]:
    node = installed()
    files, servers = folder / "sqlite", folder / "servers"
    files.mkdir()
    servers.mkdir()
    floor = database.new_database()
    places = (
        Place(files, _in_file(files / "one"), _in_file(files / "two"), str(files / "floor.db")),
        Place(
            servers,
            _in_server(database, redis.url),
            _in_server(database, redis.url),
            database.url_with_password(floor),
            redis.url,
            node,
        ),
    )
    return [
        asyncio.run(
            run_trial(each, rounds=told.rounds, count=told.count, tell=_telling(each.one.name))
        )
        for each in places
    ]


def _timings(
    folder: Path, database: PostgreSQL, told: argparse.Namespace
) -> dict[str, list[KindFigures]]:
    place, samples = folder / "timing", told.samples
    _telling("SQLite")(f"{samples:,} refusals of each kind")
    imported = measure_timing(place, _in_file(place / "one"), samples=samples)
    _telling("a view")(f"{samples:,} refusals of each kind")
    views = measure_view_timing(place, database, samples=samples)
    return {"an imported register": imported, "a view in the billing system's database": views}


def _registers(
    folder: Path, database: PostgreSQL, told: argparse.Namespace
) -> list[RegisterFigures]:
    figures = []
    for households in told.households:
        months = 0 if households >= _MANY else 14
        place = folder / f"register-{households}"
        files = write_export(place / "export", households=households, months=months)
        for engines in (_in_file(place / "sqlite"), _in_server(database, "")):
            _telling(engines.name)(f"a register of {households:,} households")
            figures.append(measure_register(place, engines, files))
        shutil.rmtree(place)  # ten million customers are some gigabytes
    return figures


def _in_file(folder: Path) -> Engines:
    return Engines("SQLite", f"sqlite:///{folder}/farstu.db")


def _in_server(database: PostgreSQL, redis: str) -> Engines:
    name = "PostgreSQL + Redis" if redis else "PostgreSQL"
    return Engines(name, database.url(database.new_database()), PASSWORD, redis)


def _telling(engine: str) -> Callable[[str], None]:
    def say(what: str) -> None:
        sys.stderr.write(f"{engine}: {what}\n")

    return say


if __name__ == "__main__":
    main()
