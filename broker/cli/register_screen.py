"""What an operator sees of an import: progress, bad rows by line and reason, counts.

Never a value of the files: what is shown may end in a ticket or a log.
"""

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from broker.cli.speaking import CommandFailed, say, tell
from broker.registers.findings import Finding, Reason
from linking.model import CustomerKind

if TYPE_CHECKING:  # the audit shows no counts, and spares what an import needs
    from broker.registers.importing import CompanyCount

LINES_SHOWN = 20
FOLLOWING_SHOWN = 3
"""Of rows that do not count since their customer's row does not, where causes are shown as well."""


class FirstFindings:
    """The first findings of each file in the order of their lines, causes before what follows.

    Whoever is left out of the customers takes all their invoices along: a single mistake would
    stand behind pages of what it leads to. A company that is not configured is not so row by row:
    it is shown once a file.
    """

    def __init__(self) -> None:
        self._files: dict[str, int] = {}
        self._strangers: dict[str, Finding] = {}
        self._causes: list[tuple[int, int, str]] = []
        self._following: list[tuple[int, int, str]] = []

    def add(self, finding: Finding) -> None:
        """Keep it if it is among the first. Files come in the order in which they are read."""
        file = self._files.setdefault(finding.file, len(self._files))
        if finding.reason is Reason.UNKNOWN_COMPANY:
            first = self._strangers.setdefault(finding.file, finding)
            if finding.line > first.line:
                return
            self._strangers[finding.file] = finding
            self._causes = [each for each in self._causes if each[2] != str(first)]
        follows = finding.reason is Reason.UNKNOWN_CUSTOMER
        kept = self._following if follows else self._causes
        if len(kept) < LINES_SHOWN or (file, finding.line) < kept[-1][:2]:
            insort(kept, (file, finding.line, str(finding)))
            del kept[LINES_SHOWN:]

    def lines(self) -> list[str]:
        """What to show of them."""
        room = FOLLOWING_SHOWN if self._causes else LINES_SHOWN
        return [text for _, _, text in self._causes + self._following[:room]]


class ImportScreen:
    """Shows progress on standard error and writes every finding to the report, if there is one."""

    def __init__(self, progress: Progress, report: TextIO | None) -> None:
        self._progress = progress
        self._report = report
        self._bars: dict[str, int] = {}
        self.first = FirstFindings()
        self.told = 0

    def on_progress(self, file: str, done: int, total: int | None) -> None:
        """Move the file's bar; bytes, or rows. Where nobody knows of how many, say how many."""
        if file not in self._bars:
            self._bars[file] = self._progress.add_task(file, total=total)
        if total is None:
            self._progress.update(self._bars[file], description=f"{file}: {done:,}")  # type: ignore[arg-type]
        self._progress.update(self._bars[file], completed=done)  # type: ignore[arg-type]

    def on_finding(self, finding: Finding) -> None:
        """Take a finding: the first ones are shown, all are written."""
        self.told += 1
        self.first.add(finding)
        if self._report is not None:
            self._report.write(f"{finding}\n")


@contextmanager
def import_screen(report: Path | None) -> Iterator[ImportScreen]:
    """Open the screen; the report file is written anew."""
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    if report is None:
        with bars:
            yield ImportScreen(bars, None)
        return
    with _written(report) as file, bars:
        yield ImportScreen(bars, file)


def _written(report: Path) -> TextIO:
    try:
        return report.open("w", encoding="utf-8")
    except OSError as error:
        raise CommandFailed(
            f"{report} cannot be written: {error.strerror}. Nothing was changed.",
            "See that the folder exists, and that the broker's user may write there.",
        ) from error


def tell_findings(
    screen: ImportScreen, counts: Mapping[tuple[str, str, Reason], int], report: Path | None
) -> None:
    """Say what was wrong: sums, the first lines, and where the rest is."""
    if not counts:
        return
    tell(Text("Rows with something wrong:", style="bold"))
    for (file, column, reason), count in _causes_first(counts):
        tell(Text(f"  {count:>9,} × {file}: {column} {reason}".replace(":  ", ": ")))
    shown = screen.first.lines()
    for line in shown:
        tell(Text(f"  {line}"))
    if screen.told > len(shown):
        where = f"all are in {report}" if report else "--report FILE writes them all"
        tell(Text(f"  … and {screen.told - len(shown):,} more; {where}."))


def _causes_first(
    counts: Mapping[tuple[str, str, Reason], int],
) -> list[tuple[tuple[str, str, Reason], int]]:
    """In the order in which the files were read, what only follows at the end."""
    files = list(dict.fromkeys(file for file, _, _ in counts))

    def place(each: tuple[tuple[str, str, Reason], int]) -> tuple[bool, int, str, str]:
        (file, column, reason), _ = each
        return reason is Reason.UNKNOWN_CUSTOMER, files.index(file), column, reason

    return sorted(counts.items(), key=place)


def say_counts(companies: Sequence["CompanyCount"]) -> None:
    """Print what was read of each company, beside what was current."""
    for count in companies:
        before = "first import" if count.customers_before is None else f"{count.customers_before:,}"
        say(count.company, style="bold")
        for label, value in (
            ("customers", f"{count.customers:,} (before: {before})"),
            ("missing, but restricted: they stay", f"{count.carried:,}"),
            ("kind, status or protection changed", f"{count.standings_changed:,}"),
            ("newly deceased or protected", f"{count.newly_suspended:,}"),
            ("sessions ended", f"{count.sessions_ended:,}"),
            ("invoices that prove something", f"{count.proving:,}"),
            ("  private: no second item", _without(count, CustomerKind.PRIVATE)),
            ("  organisations: no second item", _without(count, CustomerKind.ORGANISATION)),
            ("invoices that prove nothing", f"{count.proving_nothing:,}"),
            ("facilities", f"{count.facilities:,}"),
        ):
            say(f"  {label:<36}{value}")


def _without(count: "CompanyCount", kind: CustomerKind) -> str:
    return f"{count.without_second.get(kind, 0):,}"


def say_left_out(configured: Iterable[str], counted: Sequence["CompanyCount"]) -> None:
    """Print which companies stand nowhere in the export: one night's plan, or a wrong name."""
    left_out = [each for each in configured if each not in {one.company for one in counted}]
    if counted and left_out:
        say(f"Not in this export, and as before: {', '.join(left_out)}.")
