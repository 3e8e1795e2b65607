"""Messages under way (`broker.storage.ports.OutboxStore`)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from broker.storage.ports import OutboxMessage, Waiting
from broker.storage.retention import Retention
from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.statements import Row
from broker.storage.sql.tables import outbox
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert


class SqlOutboxStore:
    """`OutboxStore` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def put(self, message: OutboxMessage) -> None:
        """A message that is there already, delivered or not, is not put again."""
        row = insert(outbox).values(
            id=message.id,
            kind=message.kind,
            company=message.company,
            sealed=message.sealed,
            created_at=message.created_at,
            not_before=message.not_before,
            attempts=message.attempts,
        )
        await self._transaction.change(row.on_conflict_do_nothing(index_elements=[outbox.c.id]))

    async def due(self, *, now: datetime, limit: int) -> Sequence[OutboxMessage]:
        """Longest due first."""
        query = (
            select(outbox)
            .where(outbox.c.delivered_at.is_(None), outbox.c.not_before <= now)
            .order_by(outbox.c.not_before, outbox.c.id)
            .limit(limit)
        )
        return [_message(row) for row in await self._transaction.ask(query)]

    async def over(self, message_id: str, *, at: datetime) -> bool:
        """`delivered_at` is when it was over, whichever way: the audit trail says which."""
        return await self._change(message_id, delivered_at=at, sealed=b"")

    async def failed(self, message_id: str, *, again_at: datetime) -> None:
        await self._change(message_id, attempts=outbox.c.attempts + 1, not_before=again_at)

    async def waiting(self, kind: str = "") -> Waiting:
        query = select(
            func.count().label("messages"), func.min(outbox.c.created_at).label("oldest")
        ).where(outbox.c.delivered_at.is_(None))
        query = query.where(outbox.c.kind == kind) if kind else query
        waiting = (await self._transaction.ask(query)).one()
        return Waiting(waiting.messages, waiting.oldest)

    async def purge(self, now: datetime, kept: Retention) -> int:
        """Delete the fact of deliveries so long ago; how many."""
        is_old = outbox.c.delivered_at <= now - kept.delivered_messages
        return await delete_in_batches(self._transaction, outbox, is_old, by=outbox.c.delivered_at)

    async def _change(self, message_id: str, **values: object) -> bool:
        """Change a message under way, and whether it was; one that is over stays as it is."""
        changed = await self._transaction.change(
            update(outbox)
            .where(outbox.c.id == message_id, outbox.c.delivered_at.is_(None))
            .values(**values)
        )
        return changed.rowcount == 1


def _message(row: Row) -> OutboxMessage:
    return OutboxMessage(
        id=row.id,
        kind=row.kind,
        company=row.company,
        sealed=row.sealed,
        created_at=row.created_at,
        not_before=row.not_before,
        attempts=row.attempts,
    )
