"""What is wrong with a register file, said by line number and reason and never by value.

A `Finding` is one row's; `FileRefused` means that the file as a whole cannot be read.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a row is left out. The text is what the report says after file, line and column."""

    ENCODING = "neither UTF-8 nor Windows-1252"
    CONTROL_CHARACTER = "holds a control character"
    LINE_TOO_LONG = "the line is too long"
    QUOTES = "quotation marks do not match on the line"
    COLUMN_COUNT = "has another number of columns than the header"
    EMPTY = "is empty"
    TOO_LONG = "is too long"
    UNKNOWN_COMPANY = "names a company that is not configured"
    NOT_A_NUMBER = "does not have the form configured for the company"
    NOT_A_KIND = "is neither private nor organisation"
    NOT_A_STATUS = "is neither active, closed nor deceased"
    NOT_A_FLAG = "is neither 0 nor 1"
    NOT_A_DATE = "is not a date written YYYY-MM-DD"
    NOT_AN_AMOUNT = "is not an amount in kronor"
    NOT_A_TYPE = "is neither invoice, credit, reminder nor final"
    DUPLICATE_CUSTOMER = "stands in an earlier row too; the earlier counts"
    UNKNOWN_CUSTOMER = "is not among the customers that were read"
    DUPLICATE_OLD = "stands in an earlier row too"
    DUPLICATE_NEW = "is given in an earlier row too"
    NUMBER_TAKEN = "is another customer's, who gets no other number in this file"
    NOT_AN_ADDRESS = "is not an e-mail address; the row counts, without it"
    NOT_AN_OCR = "is not an OCR number; the row counts, without it"


REMARKS = frozenset({Reason.NOT_AN_ADDRESS, Reason.NOT_AN_OCR})
"""Reasons that leave out a value and keep the row."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One row's fault: `line` counts from 1, the header included; `column` may be empty."""

    file: str
    line: int
    reason: Reason
    column: str = ""

    def __str__(self) -> str:
        subject = f"{self.column} " if self.column else ""
        return f"{self.file} line {self.line}: {subject}{self.reason}"


FindingSink = Callable[[Finding], None]
"""Takes each finding as it is made; nothing here collects them."""


class FindingTally:
    """Counts findings and hands each one on; it holds figures only, however bad a file is."""

    def __init__(self, sink: FindingSink) -> None:
        self._sink = sink
        self.counts: Counter[tuple[str, str, Reason]] = Counter()

    def add(self, finding: Finding) -> None:
        """Count a finding and hand it on."""
        self.counts[finding.file, finding.column, finding.reason] += 1
        self._sink(finding)

    @property
    def refused(self) -> int:
        """How many rows do not count; remarks are not among them."""
        return sum(n for (_, _, reason), n in self.counts.items() if reason not in REMARKS)


class RowRefused(Exception):
    """A field of a row cannot be used; raised and caught within this package."""

    def __init__(self, reason: Reason, column: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column


class FileRefused(Exception):
    """A file cannot be read at all: its header, its encoding. The text names file and remedy."""

    code = "register_file_refused"

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"{file}: {problem}")
        self.file = file
        self.problem = problem
