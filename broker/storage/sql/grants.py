"""Grants (`broker.storage.ports.GrantStore`): the single-use truth of every code.

`redeem` is one insert that a unique hash decides, and `revoke` one upsert: whichever comes first,
the grant ends up revoked. Times to live are the readers' business; rows stay far longer than any
code lives, so that a purged row can no longer be what refuses its code.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, literal, select, update

from broker.storage.ports import GrantRecord
from broker.storage.retention import Retention
from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.statements import Row
from broker.storage.sql.tables import grants
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.types import Instant
from broker.storage.sql.upsert import insert

_FIND = select(grants).where(
    grants.c.id == bindparam("id"),
    grants.c.revoked_at.is_(None),
    grants.c.expires_at > bindparam("now", type_=Instant),
)
_REDEEM = insert(grants).on_conflict_do_nothing()


class SqlGrantStore:
    """`GrantStore` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def redeem(self, grant: GrantRecord) -> bool:
        inserted = await self._transaction.change(_REDEEM, _row(grant))
        return inserted.rowcount == 1

    async def revoke(self, grant_id: str, *, code_hash: bytes, at: datetime, reason: str) -> None:
        """The first revocation's time and reason stand."""
        attempt = insert(grants).values(
            **_row(_never_redeemed(grant_id, code_hash, at)), revoked_at=at, revoke_reason=reason
        )
        revoke = attempt.on_conflict_do_update(
            index_elements=[grants.c.id], set_=_revocation(at, reason)
        )
        await self._transaction.change(revoke)

    async def revoke_by_code(self, code_hash: bytes, *, at: datetime, reason: str) -> bool:
        return await self._revoke(grants.c.code_hash == code_hash, at=at, reason=reason) == 1

    async def revoke_of_session(self, sid: str, *, at: datetime, reason: str) -> int:
        """How many were not revoked before."""
        live = (grants.c.sid == sid) & grants.c.revoked_at.is_(None)
        return await self._revoke(live, at=at, reason=reason)

    async def find(self, grant_id: str, *, now: datetime) -> GrantRecord | None:
        found = await self._transaction.ask(_FIND, {"id": grant_id, "now": now})
        row = found.one_or_none()
        return None if row is None else _grant(row)

    async def purge(self, now: datetime, kept: Retention) -> int:
        """Delete grants that expired so long ago; how many."""
        is_old = grants.c.expires_at <= now - kept.grants
        return await delete_in_batches(self._transaction, grants, is_old, by=grants.c.expires_at)

    async def _revoke(self, which: ColumnElement[bool], *, at: datetime, reason: str) -> int:
        revoked = await self._transaction.change(
            update(grants).where(which).values(_revocation(at, reason))
        )
        return revoked.rowcount


def _revocation(at: datetime, reason: str) -> dict[str, object]:
    return {
        "revoked_at": func.coalesce(grants.c.revoked_at, literal(at, Instant)),
        "revoke_reason": func.coalesce(grants.c.revoke_reason, reason),
    }


def _never_redeemed(grant_id: str, code_hash: bytes, at: datetime) -> GrantRecord:
    """What stands in the place of a grant that was revoked before it existed."""
    return GrantRecord(
        id=grant_id,
        code_hash=code_hash,
        client_id="",
        person="",
        sid="",
        scopes=(),
        resource="",
        granted_at=at,
        expires_at=at,
    )


def _row(grant: GrantRecord) -> dict[str, object]:
    return {
        "id": grant.id,
        "code_hash": grant.code_hash,
        "client_id": grant.client_id,
        "person": grant.person,
        "sid": grant.sid,
        "scopes": grant.scopes,
        "resource": grant.resource,
        "granted_at": grant.granted_at,
        "expires_at": grant.expires_at,
    }


def _grant(row: Row) -> GrantRecord:
    return GrantRecord(
        id=row.id,
        code_hash=row.code_hash,
        client_id=row.client_id,
        person=row.person,
        sid=row.sid,
        scopes=row.scopes,
        resource=row.resource,
        granted_at=row.granted_at,
        expires_at=row.expires_at,
    )
