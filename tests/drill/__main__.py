"""`make drill`: rotate keys under everything that can go wrong, then revoke them; print a table.

Ends with 1 when a good token was rejected or a bad one accepted, a key signed out of its time, a
worker with a wrong clock went on, or something revoked was taken for too long.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from broker.cli.keyring.asked import opened_ring
from keys import Algorithm, Scope, State
from tests.bench.report import machine, write_page
from tests.drill.emergency import Alarm
from tests.drill.fleet import ROOT, running
from tests.drill.forging import Thief
from tests.drill.front import Front
from tests.drill.ledger import untimely
from tests.drill.pace import HURRIED, ROTATE_EVERY, TOKEN_SECONDS, drill_schedule
from tests.drill.place import Place, make
from tests.drill.services import libraries, working
from tests.drill.story import Story
from tests.drill.table import Outcome, text
from tests.servers.ports import free_port
from tests.servers.postgresql import PASSWORD, postgresql

_WORKERS = 3
_SCOPES = (Scope.KEY, Scope.STORE)
_LEAKED = Algorithm.ES256

HOW = """\
{machine}

Made by `make drill`{quickly}: {workers} workers on one database, and services that verify what any
of them has signed, with the library and the cache that each is named after. Every key signs for
{rotate:.0f} s and is announced for {announced:.1f} s before, which is what the caches ({cache} s),
the workers' lease ({lease} s) and clocks that are 5 s apart take, and no longer; a token lives
{token} s, and is verified again and again. One misfortune follows another, at one worker at a time.

Each service is there twice, with its clock {skew} s ahead and {skew} s behind at a leeway of 60 s;
only the first of the two is shown bad tokens, since those make most libraries fetch keys. Bad ones
are forged in eight ways after each key, or signed with a stolen private key: at services once it
was removed for longer than their caches live, at the broker 2.5 s after it was."""


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make drill", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true",
        help="a minute, on SQLite, whose clock is the worker's own; writes no page",
    )  # fmt: skip
    parser.add_argument("--seconds", type=float, default=240, help="at least; default: %(default)s")
    parser.add_argument("--longest", type=float, default=1200, help="seconds, even if that is less")
    parser.add_argument("--verified", type=int, default=1_000_000, help="at least")
    parser.add_argument("--over-http", type=int, default=20_000, help="at `/userinfo`, at least")
    parser.add_argument("--seed", type=int, default=5, help="of what is left to chance")
    parser.add_argument("--no-page", action="store_true", help="write no page")
    told = parser.parse_args()
    if told.quick:
        told.seconds, told.verified, told.over_http, told.no_page = 45, 20_000, 500, True
    return told


@contextmanager
def _place(folder: Path, issuer: str, *, is_quick: bool) -> Iterator[Place]:
    if is_quick:
        yield Place(str(folder), issuer, f"sqlite:///{folder}/farstu.db")
        return
    with postgresql() as server:
        yield Place(str(folder), issuer, server.url(server.new_database()), PASSWORD)


async def drill(place: Place, told: argparse.Namespace, log: Path) -> Outcome:
    """The story, and then the emergencies, with the same services and the same ring."""
    await make(place)
    found, left_out = libraries()
    front, port = Front(), int(place.issuer.rpartition(":")[2])
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(front.listening(port))
        services = await stack.enter_async_context(working(found, place.issuer, log))
        ring = await stack.enter_async_context(opened_ring(place.settings()))
        with running(place, "hurried", count=_WORKERS, log=log) as members:
            front.ports = [each.port for each in members]
            chance = random.Random(told.seed)  # noqa: S311 - chance that can be repeated
            story = Story(
                members, services, ring, chance,
                has_other_clock=not told.quick, over_http=told.over_http,
            )  # fmt: skip
            began = time.monotonic()
            await story.run(
                seconds=told.seconds, verified=told.verified,
                longest=told.longest,
            )  # fmt: skip
            seconds = time.monotonic() - began
        records = await ring.storage.keys.all()
        with running(place, "everyday", count=_WORKERS, log=log) as members:
            front.ports = [each.port for each in members]
            alarm = Alarm(members, services, ring, Thief(ring.shop.seal))
            emergencies = [await alarm.raise_(each, _LEAKED) for each in _SCOPES]
        return Outcome(
            story.ledger,
            untimely(story.ledger, records, lease=timedelta(seconds=HURRIED.knows_for)),
            sum(each.signing_from is not None for each in records),
            sum(each.state is State.REMOVED for each in records),
            seconds,
            emergencies,
            services,
            left_out,
        )


def main() -> int:
    """Run what is asked for."""
    told = _read_arguments()
    with tempfile.TemporaryDirectory(prefix="farstu-drill-") as name:
        folder, issuer = Path(name), f"http://localhost:{free_port()}"
        with _place(folder, issuer, is_quick=told.quick) as place:
            found = asyncio.run(drill(place, told, folder / "log"))
    how = HOW.format(
        machine=machine(), quickly=" (`--quick`)" if told.quick else "", workers=_WORKERS,
        rotate=ROTATE_EVERY.total_seconds(), lease=HURRIED.knows_for, cache=HURRIED.cached_for,
        announced=drill_schedule().announced_for.total_seconds(), token=TOKEN_SECONDS, skew=59,
    )  # fmt: skip
    told_text = text(found, how)
    sys.stdout.write(f"{told_text}\n")
    if not told.no_page:
        write_page(ROOT / "docs/figures.md", "drill", told_text)
    return 0 if found.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
