"""One company's register as columns of figures: what an audit holds in memory, and how much.

A customer is a place in the columns. Beyond `MOST_CUSTOMERS` or `MOST_PAPERS`, every second one is
let go of, drawn by Python's own hash, as often as it takes: a register of any size fits, and what
is measured is then measured on a share of its customers. Nothing here is a name or a contact.
"""

from array import array
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from broker.registers.audit.chances import Ints, Mask

MOST_CUSTOMERS: Final = 300_000
MOST_PAPERS: Final = 2_500_000
"""Of all companies together: some 40 bytes each, and twice that while they are sorted."""

TARGET, ORGANISATION, EMAIL, SMS, LETTER = 1, 2, 4, 8, 16
"""A customer's marks: can be linked (by their standing), is an organisation, can be reached how."""


@dataclass(eq=False)
class Owners:
    """Customers by number, and of each its number as a figure, its marks and its earliest day."""

    places: dict[str, int] = field(default_factory=dict)
    numbers: "array[int]" = field(default_factory=lambda: array("q"))
    marks: "array[int]" = field(default_factory=lambda: array("B"))
    earliest: "array[int]" = field(default_factory=lambda: array("q"))


@dataclass(eq=False)
class Papers:
    """Invoices in the order of the file: whose, number, day, due day, and what else stands on it.

    `second` is `NOTHING` where the second item is missing; `ocr` is filled only where an OCR number
    is taken in place of the invoice's.
    """

    owner: "array[int]" = field(default_factory=lambda: array("i"))
    number: "array[int]" = field(default_factory=lambda: array("q"))
    day: "array[int]" = field(default_factory=lambda: array("i"))
    due: "array[int]" = field(default_factory=lambda: array("i"))
    second: "array[int]" = field(default_factory=lambda: array("q"))
    ocr: "array[int]" = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self.owner)


@dataclass(eq=False)
class Columns:
    """A company's customers and papers; one customer in `2 ** halvings` is looked at."""

    owners: Owners = field(default_factory=Owners)
    papers: Papers = field(default_factory=Papers)
    halvings: int = 0
    mask: int = 0

    def wants(self, number: str) -> bool:
        """Whether this customer is among those who are looked at.

        Python's hash is keyed anew in every process: of no order that a billing system could have.
        """
        return not hash(number) & self.mask

    def add_customer(self, number: str, figure: int, marks: int, earliest: int) -> None:
        """Take a customer who is wanted, and new."""
        owners = self.owners
        owners.places[number] = len(owners.numbers)
        owners.numbers.append(figure)
        owners.marks.append(marks)
        owners.earliest.append(earliest)

    def halve(self) -> None:
        """Let go of every second customer, with all their papers."""
        self.halvings += 1
        self.mask = (1 << self.halvings) - 1
        stay = np.fromiter((self.wants(number) for number in self.owners.places), dtype=bool)
        moved = np.cumsum(stay, dtype=np.int64) - 1
        self._drop_papers(stay, moved)
        owners = self.owners
        owners.places = {n: int(moved[at]) for n, at in owners.places.items() if stay[at]}
        for name in ("numbers", "marks", "earliest"):
            setattr(owners, name, _kept(getattr(owners, name), stay))

    def _drop_papers(self, stay: Mask, moved: Ints) -> None:
        papers = self.papers
        owner = np.frombuffer(papers.owner, dtype=np.int32)
        of_those = stay[owner]
        for name in ("number", "day", "due", "second", "ocr"):
            if column := getattr(papers, name):
                setattr(papers, name, _kept(column, of_those))
        papers.owner = array("i", moved[owner[of_those]].astype(np.int32).tobytes())


def _kept(column: "array[int]", mask: Mask) -> "array[int]":
    values: NDArray[np.generic] = np.frombuffer(column, dtype=np.dtype(column.typecode))
    return array(column.typecode, values[mask].tobytes())


def halve_the_largest(columns: "list[Columns]") -> None:
    """Keep within `MOST_CUSTOMERS` and `MOST_PAPERS`."""
    while sum(len(each.owners.places) for each in columns) > MOST_CUSTOMERS:
        max(columns, key=lambda each: len(each.owners.places)).halve()
    while sum(len(each.papers) for each in columns) > MOST_PAPERS:
        max(columns, key=lambda each: len(each.papers)).halve()
