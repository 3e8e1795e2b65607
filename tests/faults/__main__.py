"""`make faults`: every fault under running logins, and a table of what people saw of it.

Ends with 1 when anybody met a dead end, a code was redeemed twice, something acknowledged was lost,
or something revoked was alive again.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.faults.balancer import Balancer
from tests.faults.mischief import Mischief
from tests.faults.people import Person, Seen, Town, alive_again, lost_links
from tests.faults.scenarios import SCENARIOS, Scenario, is_possible
from tests.faults.stack import Stack, embedded, grown

PEOPLE = 12
BEFORE, AFTER = 2.0, 3.0
PROVIDERS = ("microsoft", "google", "facebook", "yahoo")
HEAD = (
    "| fault | requests | logins | needed a retry | dead ends | codes redeemed twice | "
    "acknowledged lost | revoked alive | others' p99 | recovered after |"
)


@dataclass
class Row:
    """A line of the table."""

    name: str
    requests: int
    seen: Seen
    lost: int
    alive: int
    others: float
    recovered: float

    @property
    def is_good(self) -> bool:
        """Whether nothing happened that must not."""
        bad = sum(self.seen.dead_ends.values()) + self.seen.redeemed_twice
        return bad + self.lost + self.alive == 0 and self.seen.completed > 0

    def __str__(self) -> str:
        seen = self.seen
        cells = [
            self.name, self.requests, seen.completed, seen.retried, sum(seen.dead_ends.values()),
            seen.redeemed_twice, self.lost, self.alive, f"{self.others:.2f} s",
            f"{self.recovered:.1f} s",
        ]  # fmt: skip
        return "| " + " | ".join(str(cell) for cell in cells) + " |"


async def run(stack: Stack, scenario: Scenario) -> Row:
    """Load, fault, a little more load, and then what became of it."""
    balancer = Balancer(stack.issuer, [machine.port for machine in stack.machines])
    town, seen, mischief = (
        Town(balancer, stack.issuer, stack.upstreams),
        Seen(),
        Mischief(stack.emulators),
    )
    port = int(stack.upstreams.rpartition(":")[2])
    async with mischief.listening(port):
        watching, over = asyncio.create_task(balancer.watch()), asyncio.Event()
        people = [
            asyncio.create_task(Person(town, seen, PROVIDERS[n % 4]).live(over))
            for n in range(PEOPLE)
        ]
        await asyncio.sleep(BEFORE)
        await scenario.act(stack, mischief)
        ended = time.monotonic()
        await asyncio.sleep(AFTER)
        over.set()
        await asyncio.gather(*people)
        lost, alive = await lost_links(town, seen), await alive_again(town, seen)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    await balancer.aclose()
    first = min((at for at in seen.finished_at if at > ended), default=float("inf"))
    return Row(
        scenario.name, balancer.requests, seen, lost, alive, _p99(seen, scenario), first - ended
    )


def _p99(seen: Seen, scenario: Scenario) -> float:
    """Of whole logins at those providers that the fault should spare."""
    spared = scenario.spares or PROVIDERS
    seconds = [each for provider in spared for each in seen.seconds.get(provider, [])]
    return statistics.quantiles(seconds, n=100)[98] if len(seconds) > 1 else float("nan")


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of 48 MB of memory. Needs root."""
    with tempfile.TemporaryDirectory(prefix="farstu-disk-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def rows(wanted: list[Scenario]) -> Iterator[Row]:
    """Each scenario's row, as it is done."""
    many = [each for each in wanted if not each.on_sqlite]
    if many:
        with grown() as stack:
            for scenario in many:
                yield asyncio.run(run(stack, scenario))
    for scenario in (each for each in wanted if each.on_sqlite):
        with small_disk() as folder, embedded(folder) as stack:
            yield asyncio.run(run(stack, scenario))


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
    lines, is_good = [HEAD, "|---" * HEAD.count(" |") + "|"], True
    sys.stdout.write("\n".join(lines) + "\n")
    for row in rows([each for each in wanted if is_possible(each)]):
        lines.append(str(row))
        sys.stdout.write(f"{row}\n")
        for reason, count in row.seen.dead_ends.items():
            sys.stdout.write(f"  dead end, {count} times: {reason}\n")
        if arguments.verbose:
            for trouble, count in row.seen.troubles.most_common():
                sys.stdout.write(f"  {count} times: {trouble}\n")
        sys.stdout.flush()
        is_good = is_good and row.is_good
    if arguments.write:
        _write(arguments.write, lines)
    return 0 if is_good else 1


def _write(file: Path, lines: list[str]) -> None:
    """Between the marks that the file has for it."""
    begin, end = "<!-- faults -->\n", "<!-- /faults -->"
    before, _, rest = file.read_text().partition(begin)
    table = "\n".join(lines)
    file.write_text(f"{before}{begin}{table}\n{end}{rest.partition(end)[2]}")


if __name__ == "__main__":
    sys.exit(main())
