"""Hand-written stand-ins of the ports that an import needs; they keep everything in dicts."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from broker.sealed import master_key_of
from broker.storage.ports import AuditEvent, AuditRecord
from broker.storage.register_ports import (
    CurrentCustomers,
    Generation,
    IndexedCustomer,
    IndexedEvidence,
)
from linking.model import Delegation, Link


@asynccontextmanager
async def no_transaction() -> AsyncIterator[None]:
    """Hold nothing together; the dicts need no help."""
    yield


@dataclass
class FakeIndex:
    """`CustomerIndex` in memory."""

    kept: dict[int, Generation] = field(default_factory=dict)
    pointer: dict[str, int] = field(default_factory=dict)
    customer_rows: dict[int, dict[bytes, IndexedCustomer]] = field(default_factory=dict)
    evidence_rows: dict[int, dict[bytes, IndexedEvidence]] = field(default_factory=dict)
    facility_rows: dict[int, list[tuple[bytes, bytes]]] = field(default_factory=dict)
    last_id: int = 0

    async def open_generation(self, company: str, *, at: datetime, pepper: str) -> Generation:
        self.last_id += 1
        generation = Generation(self.last_id, company, at, pepper)
        self.kept[generation.id] = generation
        self.customer_rows[generation.id] = {}
        self.evidence_rows[generation.id] = {}
        self.facility_rows[generation.id] = []
        return generation

    async def add_customers(self, generation: Generation, batch: Sequence[IndexedCustomer]) -> None:
        rows = self.customer_rows[generation.id]
        for customer in batch:
            assert customer.key not in rows
            rows[customer.key] = customer

    async def add_evidence(self, generation: Generation, batch: Sequence[IndexedEvidence]) -> None:
        rows = self.evidence_rows[generation.id]
        for one in batch:
            known = rows.get(one.key, one)
            rows[one.key] = min(known, one, key=lambda each: each.issued_on)

    async def add_facilities(
        self, generation: Generation, batch: Sequence[tuple[bytes, bytes]]
    ) -> None:
        self.facility_rows[generation.id].extend(batch)

    async def make_current(self, generations: Sequence[Generation], *, at: datetime) -> None:
        for generation in generations:
            self.kept[generation.id] = replace(
                generation,
                customers=len(self.customer_rows[generation.id]),
                evidence=len(self.evidence_rows[generation.id]),
            )
            self.pointer[generation.company] = generation.id

    async def take_back(self, company: str, *, at: datetime) -> Generation | None:
        newest = self.pointer.get(company)
        before = [g for g in await self.generations(company) if newest and g.id < newest]
        if not before:
            return None
        self.pointer[company] = before[0].id
        return before[0]

    async def discard(self, generation: Generation) -> None:
        assert generation.id not in self.pointer.values()
        self.kept.pop(generation.id, None)

    async def current(self, company: str) -> Generation | None:
        return self.kept.get(self.pointer.get(company, 0))

    async def generations(self, company: str) -> Sequence[Generation]:
        newest_first = sorted(self.kept.values(), key=lambda g: -g.id)
        return [generation for generation in newest_first if generation.company == company]

    async def sealing_names(self, *, is_current: bool) -> set[str]:
        numbers = [each for each in self.kept if (each in self.pointer.values()) is is_current]
        rows = [row for each in numbers for row in self.customer_rows[each].values()]
        sealed = [
            each for row in rows for each in (row.sealed_contact, row.sealed_previous_contact)
        ]
        return {master_key_of(each) for each in sealed if each}

    async def customers_of(self, generation: Generation) -> AsyncIterator[IndexedCustomer]:
        for _, customer in sorted(self.customer_rows[generation.id].items()):
            yield customer

    async def restricted_customers_of(
        self, generation: Generation
    ) -> AsyncIterator[IndexedCustomer]:
        async for customer in self.customers_of(generation):
            if customer.protected or customer.status != "active":
                yield customer

    async def customers(
        self, generation: Generation, keys: Sequence[bytes]
    ) -> Sequence[IndexedCustomer]:
        rows = self.customer_rows[generation.id]
        return [rows[key] for key in keys if key in rows]

    async def known_customers(self, generation: Generation, keys: Sequence[bytes]) -> set[bytes]:
        return {key for key in keys if key in self.customer_rows[generation.id]}

    async def nearest_customer(self, company: str, key: bytes) -> IndexedCustomer | None:
        rows = self.customer_rows.get(self.pointer.get(company, 0), {})
        return rows.get(min((each for each in rows if each >= key), default=b""))

    async def current_customers(
        self, companies: Collection[str], keys: Collection[bytes]
    ) -> Mapping[str, CurrentCustomers]:
        found = {}
        for company in set(companies) & self.pointer.keys():
            number = self.pointer[company]
            rows = self.customer_rows[number]
            held = {key: rows[key] for key in keys if key in rows}
            found[company] = CurrentCustomers(self.kept[number].pepper, held)
        return found

    async def nearest_evidence(self, company: str, key: bytes) -> IndexedEvidence | None:
        rows = self.evidence_rows.get(self.pointer.get(company, 0), {})
        return rows.get(min((each for each in rows if each >= key), default=b""))

    async def size(self, companies: Collection[str]) -> int:
        return sum(
            len(self.customer_rows[current])
            for company, current in self.pointer.items()
            if company in companies
        )


@dataclass
class FakeLinks:
    links: list[Link] = field(default_factory=list)

    async def of_customers(self, company: str, numbers: Sequence[str]) -> Sequence[Link]:
        assert len(numbers) <= 500
        return [
            link
            for link in self.links
            if link.customer.company == company and link.customer.number in numbers
        ]


@dataclass
class FakeDelegations:
    delegations: list[Delegation] = field(default_factory=list)

    async def of_customers(
        self, company: str, numbers: Sequence[str], *, now: datetime
    ) -> Sequence[Delegation]:
        assert len(numbers) <= 500
        return [
            one
            for one in self.delegations
            if one.customer.company == company and one.customer.number in numbers
        ]


@dataclass
class FakeSessions:
    """Remembers whose sessions were ended; everybody had one."""

    ended: list[str] = field(default_factory=list)

    async def end_of_persons(self, persons: Sequence[str], *, at: datetime, reason: str) -> int:
        self.ended.extend(persons)
        return len(persons)


@dataclass
class FakeAudit:
    events: list[AuditEvent] = field(default_factory=list)

    async def append(self, event: AuditEvent) -> AuditRecord:
        self.events.append(event)
        return AuditRecord(len(self.events), event, b"", b"")
