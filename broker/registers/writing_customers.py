"""Spooled customers into the index, in the order of their keys, beside what was known of them."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from broker.registers.batches import BATCH, Reading
from broker.registers.carrying import (
    contact_history,
    is_same_standing,
    newly_suspended,
    status_since,
)
from broker.registers.drafts import Draft
from broker.registers.findings import Finding, Reason
from broker.registers.known_before import before_of
from broker.registers.restricted import is_restricted
from broker.registers.spool import Drawers
from broker.registers.spooled import SpooledCustomer
from broker.storage.register_ports import CustomerIndex, IndexedCustomer


@dataclass(frozen=True, slots=True)
class CustomerWriting:
    """Writes the customers of one company at a time."""

    index: CustomerIndex
    reading: Reading
    today: date

    async def run(self, file: str, draft: Draft, drawers: Drawers[SpooledCustomer]) -> None:
        """Write all rows, the first of each customer; tell the others, in the order of the file."""
        repeated = array("Q")
        rows = _firsts(draft, drawers, repeated)
        before = before_of(draft, self.index)
        step, total = f"{file} → register", drawers.count
        done = 0
        while batch := list(islice(rows, BATCH)):
            await self._write(draft, batch, await before.of(batch))
            done += len(batch)
            self.reading.progress(step, done, total)
        for line in sorted(repeated):
            self.reading.findings.add(
                Finding(file, line, Reason.DUPLICATE_CUSTOMER, "customer_number")
            )

    async def _write(
        self,
        draft: Draft,
        rows: Sequence[SpooledCustomer],
        before: Mapping[bytes, IndexedCustomer],
    ) -> None:
        entries = [self._entry(draft, row, before.get(row.before_key or row.key)) for row in rows]
        draft.customers += len(entries)
        await self.index.add_customers(draft.generation, entries)

    def _entry(
        self, draft: Draft, row: SpooledCustomer, before: IndexedCustomer | None
    ) -> IndexedCustomer:
        tag = row.before_tag or row.contact_tag
        evidence_from = None if row.evidence_from is None else date.fromordinal(row.evidence_from)
        history = contact_history(
            before,
            evidence_from=evidence_from,
            is_unchanged=before is not None and before.contact_tag == tag,
            is_first_import=draft.before is None,
            today=self.today,
        )
        entry = IndexedCustomer(
            row.key,
            row.kind,
            row.status,
            status_since(before, row.status, self.today),
            row.protected,
            evidence_from,
            row.sealed_contact,
            row.contact_tag,
            history.since,
            history.sealed_previous,
        )
        _note(draft, before, entry)
        return entry


def _firsts(
    draft: Draft, drawers: Drawers[SpooledCustomer], repeated: "array[int]"
) -> Iterator[SpooledCustomer]:
    """The first row of each customer; the lines of the others are noted."""
    first: SpooledCustomer | None = None
    for row in drawers.take():
        if first is None or row.key != first.key:
            first = row
            yield row
        else:
            repeated.append(row.line)
            draft.contradictions += not _is_same(first, row)


def _is_same(one: SpooledCustomer, other: SpooledCustomer) -> bool:
    """Whether two rows of one file say the same of a customer, where it decides about access."""
    return is_same_standing(one, other) and one.evidence_from == other.evidence_from


def _note(draft: Draft, before: IndexedCustomer | None, entry: IndexedCustomer) -> None:
    if before is not None:
        draft.met += 1
        draft.standings_changed += not is_same_standing(before, entry)
        draft.restricted_met += is_restricted(before)
    if reason := newly_suspended(before, entry):
        draft.suspended[draft.to_suspend.pop(entry.key)] = reason
