"""Of the papers that were read, those that would prove something today, and whose they are.

The rule is `linking.evidence.is_past_invoice`, on columns: the earliest date of a number counts, it
lies within the company's months, not before the customer's own earliest day, and not ahead.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np

from broker.registers.audit.chances import Ints, Mask
from broker.registers.audit.columns import ORGANISATION, TARGET, Columns
from broker.registers.audit.figures_of_text import NOTHING
from linking.company import Company
from linking.days import months_from
from linking.model import CustomerKind


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Accepted papers of targets, each number once a customer, in the order of customer numbers.

    `customers` are the targets' numbers, ascending; `owner` of a paper is a place among them.
    """

    customers: Ints
    owner: Ints
    number: Ints
    day: Ints
    due: Ints
    second: Ints

    def __len__(self) -> int:
        return len(self.owner)

    @property
    def holders(self) -> Ints:
        """The customers who have a paper, ascending."""
        owners: Ints = self.owner[np.append(True, np.diff(self.owner) != 0)[: len(self)]]
        return owners

    def numbered(self, numbers: Ints) -> "Evidence":
        """The same papers under other numbers; those without one are left away."""
        some = numbers != NOTHING
        return self._only(some, numbers)

    def with_second(self) -> "Evidence":
        """Those on which the second item stands."""
        return self._only(self.second != NOTHING, self.number)

    def _only(self, some: Mask, number: Ints) -> "Evidence":
        rest = (each[some] for each in (self.owner, number, self.day, self.due, self.second))
        return Evidence(self.customers, *rest)


def targets(columns: Columns, kinds: Collection[CustomerKind]) -> Mask:
    """Which customers of these classes can be linked."""
    marks = np.frombuffer(columns.owners.marks, dtype=np.uint8)
    is_organisation = (marks & ORGANISATION) != 0
    of_class = np.zeros(len(marks), dtype=bool)
    if CustomerKind.ORGANISATION in kinds:
        of_class |= is_organisation
    if CustomerKind.PRIVATE in kinds:
        of_class |= ~is_organisation
    of_class &= (marks & TARGET) != 0
    return of_class


def accepted(
    columns: Columns, company: Company, who: Mask, *, today: date
) -> tuple[Evidence, Ints]:
    """The evidence of these customers, and the OCR numbers beside it (empty: not evidence)."""
    owners, papers = columns.owners, columns.papers
    owner = np.frombuffer(papers.owner, dtype=np.int32)
    number = np.frombuffer(papers.number, dtype=np.int64)
    day = np.frombuffer(papers.day, dtype=np.int32)
    order = np.flatnonzero(who[owner]) if len(owner) else np.zeros(0, dtype=np.int64)
    order = order[np.lexsort((day[order], number[order], owner[order]))]
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = (np.diff(owner[order]) != 0) | (np.diff(number[order]) != 0)
    order = order[is_first]
    earliest = np.frombuffer(owners.earliest, dtype=np.int64)[owner[order]]
    oldest = months_from(today, -company.evidence_months).toordinal()
    counts = (day[order] >= np.maximum(earliest, oldest)) & (day[order] <= today.toordinal())
    order = order[counts]

    numbers = np.frombuffer(owners.numbers, dtype=np.int64)
    of_targets = np.flatnonzero(who)
    of_targets = of_targets[np.argsort(numbers[of_targets], kind="stable")]
    rank = np.full(len(numbers), NOTHING, dtype=np.int64)
    rank[of_targets] = np.arange(len(of_targets))
    of_paper = rank[owner[order]]
    sorting = np.argsort(of_paper, kind="stable")
    order, of_paper = order[sorting], of_paper[sorting]
    found = Evidence(
        customers=numbers[of_targets],
        owner=of_paper,
        number=number[order],
        day=day[order].astype(np.int64),
        due=np.frombuffer(papers.due, dtype=np.int32)[order].astype(np.int64),
        second=np.frombuffer(papers.second, dtype=np.int64)[order],
    )
    ocr = np.frombuffer(papers.ocr, dtype=np.int64)
    return found, ocr[order] if len(ocr) else ocr


def months_of(days: Ints) -> Ints:
    """Calendar months since 1970, of days counted as `date.toordinal` does."""
    since_1970 = (days - _EPOCH).astype("datetime64[D]").astype("datetime64[M]")
    return since_1970.astype(np.int64)


_EPOCH = date(1970, 1, 1).toordinal()
