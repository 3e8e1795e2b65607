"""A line of the table: what people saw of one fault, and what became of what was promised."""

from dataclasses import dataclass

from tests.faults.load import PERCENTS, Window, ratio
from tests.faults.people import Seen

_HOW = " / ".join("median" if each == 50 else f"p{each}" for each in PERCENTS)
HEAD = (
    "| fault | requests | logins | needed a retry | dead ends | codes redeemed twice | "
    f"acknowledged lost | revoked alive | others before: {_HOW}, s (logins) | during | "
    "ratio | CPU idle | recovered after |"
)


@dataclass
class Row:
    """`before` and `during`: those that the fault should spare, and how `idle` the processors."""

    name: str
    requests: int
    seen: Seen
    lost: int
    alive: int
    before: Window
    during: Window
    idle: tuple[float, float]
    recovered: float

    @property
    def is_good(self) -> bool:
        """Whether nothing happened that must not."""
        bad = sum(self.seen.dead_ends.values()) + self.seen.redeemed_twice
        return bad + self.lost + self.alive == 0 and len(self.seen.logins) > 0

    def __str__(self) -> str:
        seen = self.seen
        return _line(
            self.name, self.requests, len(seen.logins),
            sum(each.was_retried for each in seen.logins), sum(seen.dead_ends.values()),
            seen.redeemed_twice, self.lost, self.alive, self.before, self.during,
            ratio(self.during, self.before), " → ".join(f"{each:.0%}" for each in self.idle),
            f"{self.recovered:.1f} s",
        )  # fmt: skip

    def reasons(self, *, verbose: bool) -> str:
        """Why there were dead ends, and if wanted, why people began again."""
        lines = [f"  dead end, {n} times: {why}" for why, n in self.seen.dead_ends.items()]
        if verbose:
            lines += [f"  {n} times: {why}" for why, n in self.seen.troubles.most_common()]
        return "".join(f"{line}\n" for line in lines)


def together(name: str, rows: list[Row]) -> str:
    """The windows of several rows as one: enough logins for their last percents."""
    before = sum((row.before for row in rows), Window(()))
    during = sum((row.during for row in rows), Window(()))
    return _line(name, *[""] * 7, before, during, ratio(during, before), "", "")


def _line(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
