"""`make faults`: every fault under running logins, and a table of what people saw of it.

Ends with 1 when anybody met a dead end, a code was redeemed twice, something acknowledged was lost,
or something revoked was alive again.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.faults.aftermath import alive_again, lost_links, redeemed_again
from tests.faults.balancer import Balancer
from tests.faults.load import Processors, Window, arriving
from tests.faults.mischief import Mischief
from tests.faults.people import Seen, Town
from tests.faults.row import HEAD, Row, together
from tests.faults.scenarios import PROVIDERS, SCENARIOS, Scenario, is_possible
from tests.faults.stack import Stack, embedded, grown

WARMING, SETTLING, AFTER = 6.0, 2.0, 3.0
STACKS: Mapping[str, Callable[[], AbstractContextManager[Stack]]] = {
    "grown": grown,
    "watched": partial(grown, sentinels=True),
    "embedded": embedded,
}


@dataclass
class Place:
    """A running stack, and what stands between it and people and providers."""

    stack: Stack
    balancer: Balancer
    mischief: Mischief

    def town(self, troubled: str = "") -> Town:
        """As its people see it."""
        return Town(self.balancer, self.stack.issuer, self.stack.upstreams, troubled)


@asynccontextmanager
async def opened(stack: Stack) -> AsyncIterator[Place]:
    """Balancer and mischief for as long as the stack runs; everything has been used once."""
    balancer = Balancer(stack.issuer, [machine.port for machine in stack.machines])
    mischief = Mischief(stack.emulators)
    async with mischief.listening(int(stack.upstreams.rpartition(":")[2])):
        watching = asyncio.create_task(balancer.watch())
        place = Place(stack, balancer, mischief)
        async with _people(place.town(), Seen(), dict.fromkeys(PROVIDERS, 1.0)):
            await asyncio.sleep(WARMING)
        yield place
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        await balancer.aclose()


@asynccontextmanager
async def _people(town: Town, seen: Seen, per_second: Mapping[str, float]) -> AsyncIterator[None]:
    """They come as long as the context lasts; it ends when the last one has left."""
    over = asyncio.Event()
    coming = asyncio.create_task(arriving(town, seen, per_second, over))
    try:
        yield
    finally:
        over.set()
        await coming


async def run(place: Place, scenario: Scenario) -> Row:
    """Load, fault, a little more load, and then what became of it."""
    town, seen = place.town(scenario.troubled), Seen()
    asked = place.balancer.requests
    async with _people(town, seen, scenario.per_second):
        await asyncio.sleep(SETTLING)
        counts = [Processors.now()]
        await asyncio.sleep(scenario.seconds)
        counts.append(Processors.now())
        began = time.monotonic()
        await scenario.act(place.stack, place.mischief)
        town.over_at = ended = time.monotonic()
        counts.append(Processors.now())
        await asyncio.sleep(AFTER)
    requests = place.balancer.requests - asked
    lost, alive = await lost_links(town, seen), await alive_again(town, seen)
    seen.redeemed_twice += await redeemed_again(town, seen)
    spared = [each for each in PROVIDERS if each != scenario.troubled]
    # Who comes in the last second before the fault meets it under way.
    before = Window.of(seen.logins, spared, began - scenario.seconds, began - 1)
    during = Window.of(seen.logins, spared, began, ended)
    idle = (counts[1].idle_since(counts[0]), counts[2].idle_since(counts[1]))
    recovered = _recovered(seen, town, ended)
    return Row(scenario.name, requests, seen, lost, alive, before, during, idle, recovered)


def _recovered(seen: Seen, town: Town, ended: float) -> float:
    """Until the first login is through again; at the provider that it was about, if it was."""
    through = [
        each.ended - ended
        for each in seen.logins
        if each.ended > ended and town.troubled in {"", each.provider}
    ]
    return min(through, default=float("inf"))


async def run_all(stack: Stack, scenarios: list[Scenario], tell: Callable[[Row], None]) -> None:
    """One after the other, on the same servers."""
    async with opened(stack) as place:
        for scenario in scenarios:
            tell(await run(place, scenario))


def main() -> int:
    """Run what is asked for; print the table as it grows."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--only", default="", help="part of a fault's name")
    parser.add_argument("--write", type=Path, help="put the table into this file too")
    parser.add_argument("--verbose", action="store_true", help="say why people began again")
    arguments = parser.parse_args()
    wanted = [each for each in SCENARIOS if arguments.only in each.name]
    for scenario in [each for each in wanted if not is_possible(each)]:
        sys.stdout.write(f"left out, {scenario.needs} is missing: {scenario.name}\n")
    lines, rows = [HEAD, "|---" * (HEAD.count(" |")) + "|"], list[Row]()
    sys.stdout.write("\n".join(lines) + "\n")

    def tell(row: Row) -> None:
        rows.append(row)
        lines.append(str(row))
        sys.stdout.write(f"{row}\n{row.reasons(verbose=arguments.verbose)}")
        sys.stdout.flush()

    for runs_on, start in STACKS.items():
        scenarios = [each for each in wanted if each.runs_on == runs_on and is_possible(each)]
        if scenarios:
            with start() as stack:
                asyncio.run(run_all(stack, scenarios, tell))
    about_one = {each.name for each in wanted if each.troubled}
    if found := [row for row in rows if row.name in about_one]:
        lines.append(together("one provider, all of these", found))
        sys.stdout.write(f"{lines[-1]}\n")
    if arguments.write:
        _write(arguments.write, lines)
    return 0 if all(row.is_good for row in rows) else 1


def _write(file: Path, lines: list[str]) -> None:
    """Between the marks that the file has for it."""
    begin, end = "<!-- faults -->\n", "<!-- /faults -->"
    before, _, rest = file.read_text().partition(begin)
    table = "\n".join(lines)
    file.write_text(f"{before}{begin}{table}\n{end}{rest.partition(end)[2]}")


if __name__ == "__main__":
    sys.exit(main())
