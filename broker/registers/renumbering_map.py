"""The map of a renumbering: `company;old_number;new_number`, read as liberally as an export.

What is wrong with a row is told by line and reason, never with its numbers.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from broker.registers.batches import Progress, Reading
from broker.registers.csv_reading import Layout
from broker.registers.fields import required
from broker.registers.findings import Finding, FindingTally, Reason
from broker.registers.lines import Source
from broker.registers.numbers import customer_number
from linking.company import Company

LAYOUT = Layout(required=("company", "old_number", "new_number"))


class Change(NamedTuple):
    """A customer's number, and the one that they get; where it stands in the file."""

    line: int
    old: str
    new: str

    def __repr__(self) -> str:
        """Nothing of whose numbers they are, lest they end in a traceback."""
        return f"Change(line={self.line})"


@dataclass(slots=True)
class CompanyMap:
    """One company's changes. A number that stays as it is changes nothing, and stays reserved."""

    company: Company
    by_old: dict[str, Change] = field(default_factory=dict, repr=False)
    by_new: dict[str, Change] = field(default_factory=dict, repr=False)

    @property
    def changes(self) -> list[Change]:
        """Those that change something."""
        return [each for each in self.by_old.values() if each.old != each.new]

    @property
    def touched(self) -> set[str]:
        """Numbers that are somebody else's before or after."""
        return {number for each in self.changes for number in (each.old, each.new)}

    @property
    def free_needed(self) -> list[str]:
        """New numbers that are no old ones: nobody may have them."""
        return [number for number in self.by_new if number not in self.by_old]


def read_map(
    source: Source,
    companies: Mapping[str, Company],
    findings: FindingTally,
    on_progress: Progress,
) -> dict[str, CompanyMap]:
    """Read the whole map. It is only good if nothing was found.

    Raises:
        FileRefused: the file cannot be read at all.
    """
    maps: dict[str, CompanyMap] = {}
    reading = Reading(companies, findings, on_progress)
    for batch in reading.batches(source, LAYOUT, _read):
        for line, (name, old, new) in batch:
            entry = maps.setdefault(name, CompanyMap(companies[name]))
            for column, reason in _add(entry, line, old, new):
                findings.add(Finding(source.name, line, reason, column))
    return maps


def _read(cells: tuple[str, ...]) -> tuple[str, str, str]:
    company, old, new = cells
    return company, required(old, "old_number"), required(new, "new_number")


def _add(entry: CompanyMap, line: int, old: str, new: str) -> Collection[tuple[str, Reason]]:
    """Add a row, or say what is wrong with it."""
    read = {
        "old_number": customer_number(entry.company, old),
        "new_number": customer_number(entry.company, new),
    }
    wrong = [(column, Reason.NOT_A_NUMBER) for column, number in read.items() if number is None]
    was, becomes = read["old_number"], read["new_number"]
    if was is None or becomes is None:
        return wrong
    if was in entry.by_old:
        return [("old_number", Reason.DUPLICATE_OLD)]
    if becomes in entry.by_new:
        return [("new_number", Reason.DUPLICATE_NEW)]
    entry.by_old[was] = entry.by_new[becomes] = Change(line, was, becomes)
    return []
