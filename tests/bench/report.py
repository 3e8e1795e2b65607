"""The figures as tables: on the terminal, and as the page's part between two marks."""

import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import broker
from tests.bench.load import Cost
from tests.bench.register import RegisterFigures
from tests.bench.signing import RingFigures
from tests.bench.timing import KindFigures
from tests.bench.trial import FLOOR, NODE, OURS, TWO, Figures
from tests.bench.trips import Trips

_NOTHING = "–"


def write_page(page: Path, part: str, text: str) -> None:
    """Put the text between the part's marks on the page; the rest of it stays."""
    begin, end = f"<!-- {part} -->", f"<!-- /{part} -->"
    old = page.read_text()
    if begin not in old:
        old = f"{old.rstrip()}\n\n{begin}\n{end}\n"
    pattern = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
    page.write_text(pattern.sub(lambda _: f"{begin}\n\n{text}\n\n{end}", old))


def speed_part(trials: Sequence[Figures], how: str) -> str:
    """The servers' figures, in Markdown."""
    parts = ["## Speed", how]
    for each in trials:
        parts += [f"### On {each.engine}", *_speed(each)]
    return "\n\n".join([*parts, "### Memory and start", _sizes(trials)])


def register_part(registers: Sequence[RegisterFigures], how: str) -> str:
    """The register's figures, in Markdown."""
    return "\n\n".join(["## The customer register", how, _registers(registers)])


def timing_part(registers: Mapping[str, Sequence[KindFigures]], how: str) -> str:
    """Refusals beside each other, by the register that was asked, in Markdown."""
    parts = ["## Does the time of a refusal tell why?", how]
    for name, kinds in registers.items():
        parts += [f"### By {name}", _refusals(kinds)]
    return "\n\n".join(parts)


def keys_part(figures: RingFigures, how: str) -> str:
    """What the ring costs, in Markdown."""
    rows = [
        [
            each.algorithm.value,
            f"{each.primitive:.1f}",
            f"{each.signing:.1f}",
            f"**{each.over:+.1f}**",
            f"{each.verifying:.1f}",
        ]
        for each in figures.signing
    ]
    head = ["", "primitive, µs", "a token, µs", "over it", "checking one, µs"]
    more = (figures.opened_with_old - figures.opened) * 1000
    start = (
        f"Opening the ring at the start: {figures.opened * 1000:.1f} ms; with 100 old keys more, "
        f"{figures.opened_with_old * 1000:.1f} ms (**{more:+.1f} ms**)."
    )
    rotating = (
        f"While {figures.rotations} rotations were made, {figures.minted:,} tokens were minted "
        f"and checked; lost: **{figures.lost}**."
    )
    return "\n\n".join(["## Signing keys", how, table(head, rows), start, rotating])


def _refusals(kinds: Sequence[KindFigures]) -> str:
    rows = [
        [
            each.kind,
            f"{each.samples:,}",
            f"{each.mean:.1f}",
            f"{each.difference:+.2f}",
            f"**{each.t:+.2f}**" if each.t else _NOTHING,
            "yes" if each.is_alike else "**no**",
        ]
        for each in kinds
    ]
    head = ["why it is refused", "tries", "µs", "µs more than the first", "Welch's t", "alike"]
    return table(head, rows)


def machine() -> str:
    """What it ran on, and when."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    versions = [
        f"Farstu {broker.__version__}",
        f"Python {platform.python_version()}",
        f"node {_version('node', '--version')}",
        _version("redis-server", "--version").split(" sha")[0],
        _version("psql", "--version"),
    ]
    return (
        f"{datetime.now(UTC).date().isoformat()}, {os.cpu_count()} cores of "
        f"{cpu[1] if cpu else platform.machine()}, Linux {platform.release()}; "
        f"{', '.join(versions)}."
    )


def _version(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _speed(figures: Figures) -> list[str]:
    has_node = NODE in figures.costs
    head = ["operation", "ours ÷ floor", "ours", "floor"]
    head += ["oidc-provider ÷ ours", "oidc-provider"] if has_node else []
    head += ["ours, two workers", "per second: one", "two", "trips"]
    rows = [_row(figures, operation, has_node) for operation in figures.costs[OURS]]
    unit = "Milliseconds of CPU per operation: median (lowest–highest of the rounds)."
    return [unit, table(head, rows)]


def _row(figures: Figures, operation: str, has_node: bool) -> list[str]:
    ours, floor = _of(figures, OURS, operation), _of(figures, FLOOR, operation)
    two, node = _of(figures, TWO, operation), _of(figures, NODE, operation)
    cells = [operation, _ratio(ours, floor), _cpu(ours), _cpu(floor)]
    cells += [_ratio(node, ours), _cpu(node)] if has_node else []
    trips = figures.trips.get(operation)
    return [*cells, _cpu(two), _rate(ours), _rate(two), _trips(trips) if trips else _NOTHING]


def _of(figures: Figures, server: str, operation: str) -> list[Cost]:
    return figures.costs.get(server, {}).get(operation, [])


def _cpu(costs: list[Cost]) -> str:
    if not costs:
        return _NOTHING
    all_of_them = [cost.cpu for cost in costs]
    return f"{median(all_of_them):.3f} ({min(all_of_them):.3f}–{max(all_of_them):.3f})"


def _rate(costs: list[Cost]) -> str:
    return f"{median(cost.rate for cost in costs):.0f}" if costs else _NOTHING


def _ratio(over: list[Cost], under: list[Cost]) -> str:
    """The median of the rounds' own ratios: what disturbed a round disturbed both."""
    if not over or not under:
        return _NOTHING
    pairs = zip(over, under, strict=True)
    return f"**{median(a.cpu / b.cpu for a, b in pairs):.2f}**"


def _trips(trips: Trips) -> str:
    """Such as *3 reads, 1 change, a transaction of 8, 2 Redis*; both files of SQLite together."""
    both = (trips.durable, trips.passing)
    told = [
        f"{count} {word}{'s' if count > 1 else ''}"
        for word, count in (
            ("read", sum(each.reads for each in both)),
            ("change", sum(each.changes for each in both)),
        )
        if count
    ]
    told += [f"a transaction of {count}" for each in both for count in each.transactions]
    told += [f"{trips.redis} Redis"] if trips.redis else []
    return ", ".join(told) or "none"


def _sizes(trials: Sequence[Figures]) -> str:
    rows = [
        [
            each.engine,
            name,
            f"{each.memory[name]:.0f}",
            *(f"{some:.2f}" for some in each.starts[name]),
        ]
        for each in trials
        for name in each.memory
    ]
    return table(
        [
            "engine",
            "server",
            "MiB a worker after load (PSS)",
            "s to first answer",
            "s of CPU for it",
        ],
        rows,
    )


def _registers(registers: Sequence[RegisterFigures]) -> str:
    rows = [
        [
            each.engine,
            f"{each.customers:,}",
            f"{each.invoices:,}",
            f"{each.rows_a_cpu_second:,.0f}",
            f"{each.rows_a_second:,.0f}",
            f"{each.peak_mib:.0f}",
            "{:.2f} ({:.2f}–{:.2f})".format(*each.milliseconds),
        ]
        for each in registers
    ]
    head = ["engine", "customers", "invoice rows", "rows a CPU second", "rows a second"]
    return table([*head, "MiB at most", "ms of CPU a look-up"], rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """In Markdown; figures stand on the right."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
