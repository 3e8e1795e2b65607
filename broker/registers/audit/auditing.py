"""The audit: a register's rows in, figures by company out. Offline; nothing is written anywhere."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from broker.registers.audit.chance import Chance, best
from broker.registers.audit.chances import Ints, Mask
from broker.registers.audit.columns import ORGANISATION, TARGET, Columns
from broker.registers.audit.contacts import MARKS
from broker.registers.audit.evidence import Evidence, accepted, targets
from broker.registers.audit.figures import Figures
from broker.registers.audit.first import chances_of_number
from broker.registers.audit.rows import RegisterRows
from broker.registers.audit.second import chances_of_second
from broker.registers.audit.taking import Taking
from broker.registers.findings import FindingTally
from linking.company import Company
from linking.ladder import Level, Way
from linking.model import CustomerKind


@dataclass(frozen=True, slots=True)
class RegisterAudit:
    """The use-case; `today` is the date in Sweden."""

    companies: Mapping[str, Company]
    today: date

    def run(self, rows: RegisterRows, findings: FindingTally) -> tuple[Figures, ...]:
        """The figures of every company that has a customer in these rows.

        Raises FileRefused where a file cannot be read at all.
        """
        taken = Taking(self.companies, findings, self.today).run(rows)
        return tuple(self._figures(name, taken.pop(name)) for name in list(taken))

    def _figures(self, name: str, columns: Columns) -> Figures:
        company, one_in = self.companies[name], 2**columns.halvings
        marks = np.frombuffer(columns.owners.marks, dtype=np.uint8)
        linkable = (marks & TARGET) != 0
        who = targets(columns, _guessed_at(company))
        evidence, ocr = accepted(columns, company, who, today=self.today)
        unreachable = ~_reached(columns, company.ladder.ways)
        return Figures(
            company=name,
            day=self.today,
            one_in=one_in,
            customers=len(marks) * one_in,
            linkable={
                kind.value: int((linkable & _is(kind, columns)).sum()) * one_in
                for kind in CustomerKind
            },
            targets=int(who.sum()),
            papers=len(evidence),
            without_invoice=1 - _holders(evidence) / max(1, int(who.sum())),
            without_second=1 - _holders(evidence.with_second()) / max(1, int(who.sum())),
            without_contact={
                way.value: _share(~_reached(columns, {way}), linkable)
                for way in (Way.EMAIL, Way.SMS)
            },
            unreachable=_share(unreachable, linkable),
            second_item=company.ladder.second_item.value,
            first=_first(evidence, ocr),
            second=chances_of_second(evidence, company),
            papers_without_second=len(evidence) - len(evidence.with_second()),
        )


def _first(evidence: Evidence, ocr: Ints) -> Mapping[str, Chance]:
    """Where an OCR number is taken too, a guess may be at whichever is easier."""
    found = chances_of_number(evidence)
    if not len(ocr):
        return found
    by_ocr = chances_of_number(evidence.numbered(ocr))
    return {name: best(each, by_ocr.get(name, each)) for name, each in found.items()}


def _guessed_at(company: Company) -> Collection[CustomerKind]:
    """Private customers always, to compare ladders; organisations where numbers can do."""
    if company.ladder.organisation < Level.CODE:
        return (CustomerKind.PRIVATE, CustomerKind.ORGANISATION)
    return (CustomerKind.PRIVATE,)


def _is(kind: CustomerKind, columns: Columns) -> Mask:
    marks = np.frombuffer(columns.owners.marks, dtype=np.uint8)
    is_organisation: Mask = (marks & ORGANISATION) != 0
    return is_organisation if kind is CustomerKind.ORGANISATION else ~is_organisation


def _reached(columns: Columns, ways: Collection[Way]) -> Mask:
    marks = np.frombuffer(columns.owners.marks, dtype=np.uint8)
    wanted = sum(MARKS[way] for way in ways)
    reached: Mask = (marks & wanted) != 0
    return reached


def _holders(evidence: Evidence) -> int:
    return len(evidence.holders)


def _share(which: Mask, of: Mask) -> float:
    return float((which & of).sum()) / max(1, int(of.sum()))
