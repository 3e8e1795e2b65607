"""When an import is not believed: it looks like a broken export rather than like customers.

A first import has nothing to be compared with. `--force` is for the day when it is right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from broker.registers.drafts import Draft

SHRINK_PERCENT = 5
CHANGE_PERCENT = 1


class Objection(StrEnum):
    """Why an import was refused; the text is for the operator."""

    NO_CUSTOMERS = "no row of the customer file names a configured company"
    BAD_ROWS = "some rows cannot be used, and --strict allows none"
    SHRINKS = f"it has more than {SHRINK_PERCENT} % fewer customers than the current register"
    FEWER_INVOICES = "it has less than half as many invoices as the current register"
    STANDINGS = f"more than {CHANGE_PERCENT} % of the customers change kind, status or protection"
    CONTRADICTS = "customers stand in several rows that do not agree on kind, status or protection"
    PEPPER_GONE = "the pepper that the current register was imported with is not configured"
    RESTRICTED_LOST = (
        "customers who are closed, deceased or protected are missing, and the new pepper cannot "
        "tell who they are: without them, who is linked to them can do everything again"
    )
    STRANGERS = (
        "hardly any of its customers is in the current register: the numbers are others, or the "
        "pepper is another one under the same name"
    )
    OTHER_MASTER_KEY = (
        "no contact of the current register opens with the newest master key, though it was "
        "sealed under that name"
    )
    OVERTAKEN = "another import was made current meanwhile; run this one again"


@dataclass(frozen=True, slots=True)
class Objected:
    """One reason to refuse, and whom it is about (empty: the whole import)."""

    objection: Objection
    company: str = ""

    def __str__(self) -> str:
        return f"{self.company}: {self.objection}" if self.company else str(self.objection)


def objections(drafts: Sequence[Draft]) -> tuple[Objected, ...]:
    """Everything that speaks against making these drafts current; `--force` overrides it."""
    return tuple(
        Objected(objection, draft.company) for draft in drafts for objection in _against(draft)
    )


def _against(draft: Draft) -> Iterator[Objection]:
    if draft.contradictions:
        yield Objection.CONTRADICTS
    if draft.has_lost_pepper:
        yield Objection.PEPPER_GONE
    if draft.restricted_lost:
        yield Objection.RESTRICTED_LOST
    before = draft.customers_before
    if draft.before is None or before is None:
        return
    if draft.evidence * 2 < draft.before.evidence:
        yield Objection.FEWER_INVOICES
    if draft.customers * 100 < before * (100 - SHRINK_PERCENT):
        yield Objection.SHRINKS
    if not draft.has_lost_pepper and draft.met * 2 < min(draft.customers, before):
        yield Objection.STRANGERS
    if draft.standings_changed * 100 > before * CHANGE_PERCENT:
        yield Objection.STANDINGS
