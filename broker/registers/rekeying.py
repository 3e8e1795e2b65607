"""A copy of a company's current register in which customers stand under other numbers.

What is known of a customer is hashed and sealed to the number: it is opened under the old one and
sealed under the new. Evidence is hashed with number and invoice together, and the invoice is not
kept, so it cannot be told whose it is. It is left behind: under a number that somebody else has
now, an invoice of the one before would let them in.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from broker.registers.batches import BATCH, Progress
from broker.registers.contacts import ContactSeal
from broker.registers.hashing import RegisterKeys
from broker.registers.importing_facilities import facility_owner
from broker.registers.renumbering_map import Change, CompanyMap
from broker.storage.register_ports import CustomerIndex, Generation, IndexedCustomer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rekeying:
    """The parts of it, for one company and one generation of its register."""

    index: CustomerIndex
    contacts: ContactSeal
    keys: RegisterKeys
    on_progress: Progress

    async def fill(self, draft: Generation, before: Generation, numbers: CompanyMap) -> int:
        """Write the copy; how many of its customers got another number.

        Raises:
            NotOurs: a contact or facility does not open with the configured master keys.
        """
        by_key = self.by_key(numbers)
        rekeyed = await self._copy_customers(draft, before, by_key)
        await self._copy_facilities(draft, before, by_key)
        return rekeyed

    def by_key(self, numbers: CompanyMap) -> dict[bytes, Change]:
        """The changes, by where the customer stands now."""
        place = self.keys.customers_of(numbers.company.id)
        return {place(change.old): change for change in numbers.changes}

    async def _copy_customers(
        self, draft: Generation, before: Generation, by_key: Mapping[bytes, Change]
    ) -> int:
        rekeyed = done = 0
        async for batch in _batches(self.index.customers_of(before)):
            rows = [self._customer(draft.company, row, by_key.get(row.key)) for row in batch]
            rekeyed += sum(row.key in by_key for row in batch)
            await self.index.add_customers(draft, rows)
            done += len(batch)
            self.on_progress("customers", done, before.customers)
        return rekeyed

    def _customer(
        self, company: str, row: IndexedCustomer, change: Change | None
    ) -> IndexedCustomer:
        if change is None:
            return row
        contact = self.contacts.opened(company, change.old, row.sealed_contact)
        previous = self.contacts.opened(company, change.old, row.sealed_previous_contact)
        return replace(
            row,
            key=self.keys.customer(company, change.new),
            sealed_contact=self.contacts.sealed(company, change.new, contact),
            # Without a tag a customer was carried over, and must stay known as such.
            contact_tag=row.contact_tag and self.keys.contact(company, change.new, contact),
            sealed_previous_contact=self.contacts.sealed(company, change.new, previous),
        )

    async def _copy_facilities(
        self, draft: Generation, before: Generation, by_key: Mapping[bytes, Change]
    ) -> None:
        async for batch in _batches(self.index.facilities_of(before)):
            rows = [self._facility(draft.company, *row, by_key.get(row[0])) for row in batch]
            await self.index.add_facilities(draft, rows)

    def _facility(
        self, company: str, key: bytes, sealed: bytes, change: Change | None
    ) -> tuple[bytes, bytes]:
        if change is None:
            return key, sealed
        content = self.contacts.open(sealed, facility_owner(company, change.old))
        resealed = self.contacts.seal(content, facility_owner(company, change.new))
        return self.keys.customer(company, change.new), resealed


async def _batches(rows: AsyncIterator[T]) -> AsyncIterator[list[T]]:
    batch: list[T] = []
    async for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
