"""The sound rows of a file in batches, the others told to the tally: one file, one pass."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from broker.registers.csv_reading import Layout, Row, read_rows
from broker.registers.findings import Finding, FindingTally, Reason, RowRefused
from broker.registers.lines import Source

BATCH = 10_000
"""Rows. What an import holds in memory, and how long one of its transactions lasts."""

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Told (file, bytes read, bytes in all) every few hundred rows and at the end of each file."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: which companies there are, and who is told what.

    `named` collects the companies that stand in a row, even in one that is refused.
    """

    companies: Collection[str]
    findings: FindingTally
    progress: Progress
    named: set[str] = field(default_factory=set)

    def batches(
        self, source: Source, layout: Layout, read: Callable[[tuple[str, ...]], T]
    ) -> Iterator[list[tuple[int, T]]]:
        """Yield up to `BATCH` (line, row) at a time; `company` is each layout's first column."""
        batch: list[tuple[int, T]] = []
        for rows, done in read_rows(source, layout):
            if done < source.size:
                self.progress(source.name, done, source.size)
            batch.extend(self.sound(source.name, rows, read))
            while len(batch) >= BATCH:
                yield batch[:BATCH]
                del batch[:BATCH]
        yield batch
        self.progress(source.name, source.size, source.size)

    def sound(
        self, file: str, rows: Iterable[Row], read: Callable[[tuple[str, ...]], T]
    ) -> Iterator[tuple[int, T]]:
        """Yield (line, row) of what can be used; the others are told."""
        for line, fields in rows:
            if isinstance(fields, Reason):
                self.findings.add(Finding(file, line, fields))
                continue
            try:
                if fields[0] not in self.named:
                    self._note_company(fields[0])
                yield line, read(fields)
            except RowRefused as refused:
                self.findings.add(Finding(file, line, refused.reason, refused.column))

    def names(self, companies: Collection[str]) -> bool:
        """Whether all of these are configured; those are noted."""
        are_known = self.named.issuperset(companies) or all(
            each in self.companies for each in companies
        )
        if are_known:
            self.named.update(companies)
        return are_known

    def _note_company(self, company: str) -> None:
        if company not in self.companies:
            raise RowRefused(Reason.UNKNOWN_COMPANY if company else Reason.EMPTY, "company")
        self.named.add(company)
