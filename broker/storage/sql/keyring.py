"""The durable key ring (`broker.storage.key_ports.KeptKeys`). There is no verb that deletes a key.

While releases serve side by side, the newer one may write what the older does not know. A key of an
unknown algorithm is left out: nobody asks this release to sign with it. An unknown state stops all:
it may be one in which a key is good for nothing.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select, update

from broker.storage.key_ports import StrangeKey
from broker.storage.sql.revisions import count_up
from broker.storage.sql.statements import Row
from broker.storage.sql.tables import signing_keys
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert
from keys.errors import KeyStateUnknown
from keys.model import Algorithm, KeyRecord, State

_OUT: Final = (State.REMOVED, State.REVOKED)


class SqlKeyStore:
    """`KeptKeys` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def all(self) -> Sequence[KeyRecord]:
        c = signing_keys.c
        known = select(signing_keys).where(c.algorithm.in_(tuple(Algorithm)))
        query = known.order_by(c.created_at, c.kid)
        return [_record(row) for row in await self._transaction.ask(query)]

    async def strange(self) -> Sequence[StrangeKey]:
        c = signing_keys.c
        query = select(c.kid, c.algorithm).where(
            c.algorithm.not_in(tuple(Algorithm)), c.state.not_in(_OUT)
        )
        rows = await self._transaction.ask(query.order_by(c.algorithm, c.kid))
        return [StrangeKey(row.kid, row.algorithm) for row in rows]

    async def add(self, record: KeyRecord) -> bool:
        row = insert(signing_keys).values(kid=record.kid, **_life(record))
        async with self._transaction.writing() as connection:
            added = await connection.execute(row.on_conflict_do_nothing())
            await count_up(connection, "keys")
        return added.rowcount == 1

    async def change(self, record: KeyRecord, *, was: State) -> bool:
        """False too for a revoked key that would become anything else."""
        if was is State.REVOKED and record.state is not State.REVOKED:
            return False
        async with self._transaction.writing() as connection:
            changed = await connection.execute(
                update(signing_keys)
                .where(signing_keys.c.kid == record.kid, signing_keys.c.state == was)
                .values(_life(record))
            )
            await count_up(connection, "keys")
        return changed.rowcount == 1


def _life(record: KeyRecord) -> dict[str, object]:
    """Everything but the `kid`, which never changes."""
    return {
        "algorithm": record.algorithm,
        "state": record.state,
        "public_jwk": record.public_jwk,
        "sealed_private": record.sealed_private,
        "master_key": record.master_key,
        "created_at": record.created_at,
        "announced_at": record.announced_at,
        "signing_from": record.signing_from,
        "retiring_from": record.retiring_from,
        "removed_at": record.removed_at,
        "revoked_at": record.revoked_at,
        "earlier_masters": record.earlier_masters,
    }


def _record(row: Row) -> KeyRecord:
    return KeyRecord(
        kid=row.kid,
        algorithm=Algorithm(row.algorithm),
        state=_state(row),
        public_jwk=row.public_jwk,
        sealed_private=row.sealed_private,
        master_key=row.master_key,
        created_at=row.created_at,
        announced_at=row.announced_at,
        signing_from=row.signing_from,
        retiring_from=row.retiring_from,
        removed_at=row.removed_at,
        revoked_at=row.revoked_at,
        earlier_masters=row.earlier_masters or (),
    )


def _state(row: Row) -> State:
    try:
        return State(row.state)
    except ValueError:
        raise KeyStateUnknown(row.kid, row.state) from None
