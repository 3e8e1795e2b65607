"""Rows of the register as the driver takes them, and the statements that take them by the thousand.

An import is millions of rows. SQLAlchemy compiles each statement for the engine at hand, but the
rows go to the driver as they are: its per-row processing costs several times the insert itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from sqlalchemy import Table

from broker.storage.ports import Generation, IndexedCustomer, IndexedEvidence
from broker.storage.sql.connection import Connection
from broker.storage.sql.register_tables import customers, evidence, facilities
from broker.storage.sql.statements import Row
from broker.storage.sql.types import to_day
from broker.storage.sql.upsert import Insert, insert


@dataclass(frozen=True, slots=True)
class BulkInsert:
    """An insert and the order in which its columns are given."""

    statement: Insert
    columns: tuple[str, ...]

    async def add(self, connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
        compiled = self.statement.compile(
            dialect=connection.dialect, column_keys=list(self.columns)
        )
        await connection.execute_many(str(compiled), rows)


def _earliest_evidence() -> Insert:
    attempt = insert(evidence)
    return attempt.on_conflict_do_update(
        index_elements=[evidence.c.generation, evidence.c.key],
        set_={"issued_on": attempt.excluded.issued_on},
        where=attempt.excluded.issued_on < evidence.c.issued_on,
    )


def _columns(table: Table, *, but: str = "") -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.name != but)


ADD_CUSTOMERS = BulkInsert(insert(customers).on_conflict_do_nothing(), _columns(customers))
ADD_EVIDENCE = BulkInsert(_earliest_evidence(), _columns(evidence))
ADD_FACILITIES = BulkInsert(insert(facilities), _columns(facilities, but="id"))


def customer_rows(
    generation: Generation, batch: Iterable[IndexedCustomer]
) -> list[tuple[object, ...]]:
    """In the order of the table's columns; sorted by key, so that neighbours share a page."""
    return [
        (
            generation.id,
            customer.key,
            customer.kind,
            customer.status,
            to_day(customer.status_since),
            customer.protected,
            _day(customer.evidence_from),
            customer.sealed_contact,
            customer.contact_tag,
            _day(customer.contact_since),
            customer.sealed_previous_contact,
        )
        for customer in sorted(batch, key=attrgetter("key"))
    ]


def evidence_rows(
    generation: Generation, batch: Iterable[IndexedEvidence]
) -> list[tuple[object, ...]]:
    """As `customer_rows`."""
    return sorted((generation.id, item.key, to_day(item.issued_on)) for item in batch)


def facility_rows(
    generation: Generation, batch: Iterable[tuple[bytes, bytes]]
) -> list[tuple[object, ...]]:
    """As given."""
    return [(generation.id, customer, sealed) for customer, sealed in batch]


def indexed_customer(row: Row) -> IndexedCustomer:
    """The record of a row of `customers`."""
    return IndexedCustomer(
        key=row.key,
        kind=row.kind,
        status=row.status,
        status_since=row.status_since,
        protected=row.protected,
        evidence_from=row.evidence_from,
        sealed_contact=row.sealed_contact,
        contact_tag=row.contact_tag,
        contact_since=row.contact_since,
        sealed_previous_contact=row.sealed_previous_contact,
    )


def _day(day: date | None) -> int | None:
    return None if day is None else to_day(day)
