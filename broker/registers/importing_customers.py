"""`customers.csv` into the index: normalised, hashed, sealed, with history carried over."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from broker.registers.batches import Reading
from broker.registers.carrying import (
    contact_history,
    is_same_row,
    is_same_standing,
    newly_suspended,
    status_since,
)
from broker.registers.contacts import ContactSeal
from broker.registers.customers_file import LAYOUT, CustomerRow, read_customer
from broker.registers.drafts import Draft, Drafts
from broker.registers.fields import is_address
from broker.registers.findings import Finding, Reason
from broker.registers.lines import Source
from broker.registers.numbers import customer_number
from broker.registers.restricted import is_restricted
from broker.storage.ports import CustomerIndex, IndexedCustomer
from linking.company import Company
from linking.model import Contact


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A row with its customer number normalised."""

    line: int
    number: str = field(repr=False)
    row: CustomerRow


@dataclass(frozen=True, slots=True)
class CustomerImport:
    """Writes the customers of one file into drafts. The earlier of two rows of a customer counts.

    `today` is the date in Europe/Stockholm that changes are dated with.
    """

    companies: Mapping[str, Company]
    index: CustomerIndex
    contacts: ContactSeal
    reading: Reading
    drafts: Drafts
    today: date

    async def run(self, source: Source) -> None:
        """Read the file to its end.

        Raises:
            FileRefused: the file cannot be read at all.
        """
        for batch in self.reading.batches(source, LAYOUT, read_customer):
            for company, rows in self._by_company(source.name, batch).items():
                draft = await self.drafts.of(company)
                await self._add(source.name, draft, rows)
        for company in self.reading.named:
            await self.drafts.of(company)

    def _by_company(
        self, file: str, batch: Sequence[tuple[int, CustomerRow]]
    ) -> Mapping[str, list[_Numbered]]:
        rows: defaultdict[str, list[_Numbered]] = defaultdict(list)
        for line, row in batch:
            number = customer_number(self.companies[row.company], row.number)
            if number is None:
                self._tell(file, line, Reason.NOT_A_NUMBER, "customer_number")
            else:
                rows[row.company].append(_Numbered(line, number, row))
        return rows

    async def _add(self, file: str, draft: Draft, rows: Sequence[_Numbered]) -> None:
        before = await self._before(draft, rows)
        keyed = [(draft.keys.customer(draft.company, row.number), row) for row in rows]
        found = await self.index.customers(draft.generation, list({key for key, _ in keyed}))
        written = {entry.key: entry for entry in found}
        entries: list[IndexedCustomer] = []
        for key, row in keyed:
            entry = self._entry(file, draft, key, row, before.get(row.number))
            earlier = written.setdefault(key, entry)
            if earlier is entry:
                entries.append(entry)
                self._note(draft, row.number, before.get(row.number), entry)
            else:
                self._tell(file, row.line, Reason.DUPLICATE_CUSTOMER, "customer_number")
                draft.contradictions += not is_same_row(earlier, entry)
        draft.customers += len(entries)
        draft.remember(row.number for row in rows)
        await self.index.add_customers(draft.generation, entries)

    async def _before(
        self, draft: Draft, rows: Sequence[_Numbered]
    ) -> Mapping[str, IndexedCustomer]:
        """These customers in the current generation, by customer number."""
        if draft.before is None or draft.keys_before is None:
            return {}
        keys = draft.keys_before
        numbers = {keys.customer(draft.company, row.number): row.number for row in rows}
        found = await self.index.customers(draft.before, list(numbers))
        return {numbers[entry.key]: entry for entry in found}

    def _entry(
        self,
        file: str,
        draft: Draft,
        key: bytes,
        numbered: _Numbered,
        before: IndexedCustomer | None,
    ) -> IndexedCustomer:
        row, number = numbered.row, numbered.number
        contact = self._contact(file, numbered)
        history = contact_history(
            before,
            is_unchanged=before is not None
            and draft.keys_before is not None
            and draft.keys_before.contact(draft.company, number, contact) == before.contact_tag,
            is_first_import=draft.before is None,
            today=self.today,
        )
        return IndexedCustomer(
            key=key,
            kind=row.kind,
            status=row.status,
            status_since=status_since(before, row.status, self.today),
            protected=row.protected,
            evidence_from=row.evidence_from,
            sealed_contact=self.contacts.sealed(draft.company, number, contact),
            contact_tag=draft.keys.contact(draft.company, number, contact),
            contact_since=history.since,
            sealed_previous_contact=history.sealed_previous,
        )

    def _contact(self, file: str, numbered: _Numbered) -> Contact:
        """The contact; billing systems hold notes where an address should be: never send to one."""
        row = numbered.row
        email = row.email
        if email and not is_address(email):
            self._tell(file, numbered.line, Reason.NOT_AN_ADDRESS, "email")
            email = ""
        return Contact(name=row.name, email=email, phone=row.phone)

    def _note(
        self, draft: Draft, number: str, before: IndexedCustomer | None, entry: IndexedCustomer
    ) -> None:
        draft.standings_changed += before is not None and not is_same_standing(before, entry)
        draft.restricted_met += before is not None and is_restricted(before)
        if reason := newly_suspended(before, entry):
            draft.suspended[number] = reason

    def _tell(self, file: str, line: int, reason: Reason, column: str) -> None:
        self.reading.findings.add(Finding(file, line, reason, column))
