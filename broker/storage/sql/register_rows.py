"""Rows of the register as the driver takes them, and the statements that take them by the thousand.

An import is millions of rows. SQLAlchemy compiles each statement for the engine at hand, but the
rows go to the driver as they are: its per-row processing costs several times the insert itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from sqlalchemy import Table

from broker.storage.register_ports import (
    Generation,
    IndexedCustomer,
    IndexedEvidence,
    SecondItems,
)
from broker.storage.sql.connection import Connection
from broker.storage.sql.register_tables import customers, evidence, facilities
from broker.storage.sql.statements import Row
from broker.storage.sql.types import to_day
from broker.storage.sql.upsert import Insert, insert


@dataclass(frozen=True, slots=True)
class BulkInsert:
    """An insert into a table and the order in which its columns are given."""

    statement: Insert
    columns: tuple[str, ...]

    async def add(self, connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
        """One by one, as the statement says."""
        compiled = self.statement.compile(
            dialect=connection.dialect, column_keys=list(self.columns)
        )
        await connection.execute_many(str(compiled), rows)

    async def copy(self, connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
        """As `add`, by PostgreSQL's COPY where nothing is in its way: a quarter of the time."""
        if not await connection.copy(self.statement.table.name, self.columns, rows):
            await self.add(connection, rows)


def _earliest_evidence() -> Insert:
    attempt = insert(evidence)
    return attempt.on_conflict_do_update(
        index_elements=[evidence.c.generation, evidence.c.key],
        set_={"issued_on": attempt.excluded.issued_on, "second": attempt.excluded.second},
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
    number, days = generation.id, Days()
    return [
        (
            number,
            customer.key,
            customer.kind,
            customer.status,
            days[customer.status_since],
            customer.protected,
            days[customer.evidence_from],
            customer.sealed_contact,
            customer.contact_tag,
            days[customer.contact_since],
            customer.sealed_previous_contact,
        )
        for customer in sorted(batch, key=attrgetter("key"))
    ]


def evidence_rows(
    generation: Generation, batch: Iterable[IndexedEvidence]
) -> list[tuple[object, ...]]:
    """As `customer_rows`."""
    number, days = generation.id, Days()
    return sorted([(number, item.key, days[item.issued_on], item.second) for item in batch])


def facility_rows(
    generation: Generation, batch: Iterable[tuple[bytes, bytes]]
) -> list[tuple[object, ...]]:
    """As given."""
    return [(generation.id, customer, sealed) for customer, sealed in batch]


def second_items(row: Row) -> SecondItems | None:
    """What a generation or a reading says of second items."""
    if row.second_item is None:
        return None
    return SecondItems(row.second_item, row.private_without or 0, row.organisation_without or 0)


def second_item_values(of: SecondItems | None) -> dict[str, object]:
    """The columns that `second_items` reads."""
    if of is None:
        return {"second_item": None, "private_without": None, "organisation_without": None}
    return {
        "second_item": of.item,
        "private_without": of.private_without,
        "organisation_without": of.organisation_without,
    }


def indexed_customer(row: Row) -> IndexedCustomer:
    """The record of a row of `customers`, whose columns are its fields after the generation."""
    return IndexedCustomer(*row[1:])


class Days(dict[date | None, int | None]):
    """Days as numbers, each worked out once: there are few beside the rows that hold them."""

    def __missing__(self, day: date | None) -> int | None:
        number = self[day] = None if day is None else to_day(day)
        return number
