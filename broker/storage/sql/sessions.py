"""Single sign-on sessions (`broker.storage.ports.SessionStore`).

An ended session keeps its row until it is purged, so that nothing brings it back; who it was at the
provider, and what that said for display, is erased at once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    insert,
    literal,
    not_,
    or_,
    select,
    update,
)

from broker.storage.ports import Session, SessionClient
from broker.storage.retention import Retention
from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.statements import Row
from broker.storage.sql.tables import session_clients, sessions
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.types import Instant
from broker.storage.sql.upsert import Insert
from broker.storage.sql.upsert import insert as upsert


def _live(now: ColumnElement[datetime]) -> ColumnElement[bool]:
    return and_(
        sessions.c.ended_at.is_(None),
        sessions.c.expires_at > now,
        sessions.c.seen_at + sessions.c.idle > now,
    )


_NOW = bindparam("now", type_=Instant)
# A row for every client of the session, and one without any where it has none.
_WITH_CLIENTS = select(
    sessions, session_clients.c.client_id, session_clients.c.since, session_clients.c.consented
).outerjoin(session_clients, session_clients.c.sid == sessions.c.id)
_FIND = _WITH_CLIENTS.where(sessions.c.secret_hash == bindparam("secret_hash"), _live(_NOW))
_BY_ID = _WITH_CLIENTS.where(sessions.c.id == bindparam("sid"), _live(_NOW))
_CREATE = upsert(sessions).on_conflict_do_nothing(index_elements=[sessions.c.id])
_TOUCH = (
    update(sessions)
    .where(sessions.c.id == bindparam("sid"), sessions.c.seen_at < _NOW, _live(_NOW))
    .values(seen_at=_NOW)
)


def _join() -> Insert:
    """Add the client to a session that has not ended, or change what it agreed to."""
    columns = session_clients.c
    row = select(
        sessions.c.id,
        bindparam("of_client", type_=columns.client_id.type),
        bindparam("since", type_=columns.since.type),
        bindparam("consented", type_=columns.consented.type),
    ).where(sessions.c.id == bindparam("of_sid"), sessions.c.ended_at.is_(None))
    attempt = upsert(session_clients).from_select(["sid", "client_id", "since", "consented"], row)
    return attempt.on_conflict_do_update(
        index_elements=[columns.sid, columns.client_id],
        set_={"since": attempt.excluded.since, "consented": attempt.excluded.consented},
    )


_JOIN = _join()

# An ended session needs neither to stay ended.
_FORGOTTEN: Final = {"profile": b"", "subject": ""}


class SqlSessionStore:
    """`SessionStore` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def create(self, session: Session, *, secret_hash: bytes) -> bool:
        async with self._transaction.writing() as connection:
            created = await connection.execute(_CREATE, _row(session, secret_hash))
            if created.rowcount != 1:
                return False
            if session.clients:
                await connection.execute_each(
                    insert(session_clients),
                    [
                        {"sid": session.id, "client_id": client_id, **_joining(client)}
                        for client_id, client in session.clients.items()
                    ],
                )
        return True

    async def find(self, secret_hash: bytes, *, now: datetime) -> Session | None:
        found = await self._transaction.ask(_FIND, {"secret_hash": secret_hash, "now": now})
        return _whole(found.all())

    async def by_id(self, sid: str, *, now: datetime) -> Session | None:
        found = await self._transaction.ask(_BY_ID, {"sid": sid, "now": now})
        return _whole(found.all())

    async def touch(self, sid: str, *, at: datetime) -> None:
        """Never back in time, and never over the end of a session that has idled too long."""
        await self._transaction.change(_TOUCH, {"sid": sid, "now": at})

    async def renew(self, sid: str, *, secret_hash: bytes) -> None:
        """The secret from before finds nothing from now on."""
        await self._transaction.change(
            update(sessions)
            .where(sessions.c.id == sid, sessions.c.ended_at.is_(None))
            .values(secret_hash=secret_hash)
        )

    async def joined(self, sid: str, client_id: str, client: SessionClient) -> None:
        """Remember the client; an ended session takes no more."""
        values = {"of_sid": sid, "of_client": client_id, **_joining(client)}
        await self._transaction.change(_JOIN, values)

    async def end(self, sid: str, *, at: datetime, reason: str) -> bool:
        """True if it was live."""
        return await self._end(sessions.c.id == sid, at=at, reason=reason) == 1

    async def end_of_persons(self, persons: Sequence[str], *, at: datetime, reason: str) -> int:
        return await self._end(sessions.c.person.in_(persons), at=at, reason=reason)

    async def purge(self, now: datetime, kept: Retention) -> int:
        """Delete sessions that have been over for so long, with their clients; how many.

        Who it was, and what the provider said for display, goes as soon as they are over.
        """
        over = and_(not_(_live(_at(now))), sessions.c.subject != "")
        await self._transaction.change(update(sessions).where(over).values(**_FORGOTTEN))
        then = _at(now - kept.ended_sessions)
        long_over = or_(
            sessions.c.ended_at <= then,
            sessions.c.expires_at <= then,
            sessions.c.seen_at + sessions.c.idle <= then,
        )
        return await delete_in_batches(self._transaction, sessions, long_over, by=sessions.c.id)

    async def _end(self, which: ColumnElement[bool], *, at: datetime, reason: str) -> int:
        """End them, also those that are over by our clock: another machine's may be behind."""
        end = (
            update(sessions)
            .where(which, sessions.c.ended_at.is_(None))
            .values(ended_at=at, end_reason=reason, **_FORGOTTEN)
            .returning(sessions.c.seen_at, sessions.c.idle, sessions.c.expires_at)
        )
        ended = (await self._transaction.change(end)).all()
        return sum(row.expires_at > at and row.seen_at + row.idle > at for row in ended)


def _at(at: datetime) -> ColumnElement[datetime]:
    return literal(at, Instant)


def _joining(client: SessionClient) -> dict[str, object]:
    return {"since": client.since, "consented": client.consented}


def _row(session: Session, secret_hash: bytes) -> dict[str, object]:
    return {
        "id": session.id,
        "secret_hash": secret_hash,
        "person": session.person,
        "provider": session.provider,
        "issuer": session.issuer,
        "subject": session.subject,
        "auth_time": session.auth_time,
        "created_at": session.created_at,
        "seen_at": session.seen_at,
        "expires_at": session.expires_at,
        "idle": session.idle,
        "remembered": session.remembered,
        "profile": session.profile,
        "acr": session.acr,
        "amr": session.amr,
        "upstream_sid": session.upstream_sid,
    }


def _whole(rows: Sequence[Row]) -> Session | None:
    """The session with its clients, of which each row has one."""
    if not rows:
        return None
    row = rows[0]
    return Session(
        id=row.id,
        person=row.person,
        provider=row.provider,
        issuer=row.issuer,
        subject=row.subject,
        auth_time=row.auth_time,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        idle=row.idle,
        remembered=row.remembered,
        profile=row.profile,
        acr=row.acr,
        amr=row.amr,
        upstream_sid=row.upstream_sid,
        clients={
            each.client_id: SessionClient(each.since, each.consented)
            for each in rows
            if each.client_id is not None
        },
    )
