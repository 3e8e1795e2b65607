"""The audit trail (`broker.storage.ports.AuditLog`), appended to under its head's row lock."""

from collections.abc import AsyncIterator
from typing import Final

import msgspec
from sqlalchemy import insert, select, update

from broker.storage.chain import encode_facts, hash_record
from broker.storage.ports import AuditEvent, AuditHead, AuditRecord
from broker.storage.sql.statements import Row
from broker.storage.sql.tables import audit, audit_head
from broker.storage.sql.transaction import SqlTransaction

_PAGE: Final = 200
_HEAD = select(audit_head.c.number, audit_head.c.hash)
_LOCKED_HEAD = _HEAD.with_for_update()
_APPEND = insert(audit)
_MOVE_HEAD = update(audit_head)


class SqlAuditLog:
    """`AuditLog` on SQL. Nothing here updates or deletes a record."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def append(self, event: AuditEvent) -> AuditRecord:
        async with self._transaction.writing() as connection:
            head = (await connection.execute(_LOCKED_HEAD)).one()
            number = head.number + 1
            record = AuditRecord(number, event, head.hash, hash_record(number, event, head.hash))
            await connection.execute(_APPEND, _row(record))
            await connection.execute(_MOVE_HEAD, {"number": number, "hash": record.hash})
        return record

    async def read(self, *, after: int = 0) -> AsyncIterator[AuditRecord]:
        """In pages: no connection is held while the caller looks at a record."""
        while True:
            page = await self._page(after)
            for row in page:
                yield _record(row)
            if len(page) < _PAGE:
                return
            after = page[-1].number

    async def head(self) -> AuditHead:
        row = (await self._transaction.ask(_HEAD)).one()
        return AuditHead(row.number, row.hash)

    async def _page(self, after: int) -> list[Row]:
        query = select(audit).where(audit.c.number > after).order_by(audit.c.number).limit(_PAGE)
        return list(await self._transaction.ask(query))


def _row(record: AuditRecord) -> dict[str, object]:
    return {
        "number": record.number,
        "kind": record.event.kind,
        "at": record.event.at,
        "actor": record.event.actor,
        "subject": record.event.subject,
        "customer": record.event.customer,
        "facts": encode_facts(record.event.facts),
        "previous": record.previous,
        "hash": record.hash,
    }


def _record(row: Row) -> AuditRecord:
    event = AuditEvent(
        kind=row.kind,
        at=row.at,
        actor=row.actor,
        subject=row.subject,
        customer=row.customer,
        facts=msgspec.json.decode(row.facts, type=dict[str, str]),
    )
    return AuditRecord(row.number, event, row.previous, row.hash)
