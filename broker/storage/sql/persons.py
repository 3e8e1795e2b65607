"""Persons and the identities they sign in with (`linking.ports.PersonStore`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, exists, select, update
from sqlalchemy.sql.dml import ReturningInsert

from broker.storage.retention import Retention
from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.statements import Row
from broker.storage.sql.tables import delegations, identities, links, persons
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert
from linking.model import Identity, IdentityKey, PersonId

_FIND = select(identities).where(
    identities.c.issuer == bindparam("issuer"), identities.c.subject == bindparam("subject")
)
_ADD_PERSON = insert(persons).on_conflict_do_nothing()


def _admitting() -> ReturningInsert[Any]:
    attempt = insert(identities)
    is_later = attempt.excluded.last_used_at >= identities.c.last_used_at
    latest = {
        name: case((is_later, attempt.excluded[name]), else_=identities.c[name])
        for name in ("last_used_at", "label")
    }
    return attempt.on_conflict_do_update(
        index_elements=[identities.c.issuer, identities.c.subject], set_=latest
    ).returning(identities)


_ADMIT = _admitting()


class SqlPersonStore:
    """`PersonStore` on SQL. The identity's primary key decides who is admitted first."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def find(self, key: IdentityKey) -> Identity | None:
        found = await self._transaction.ask(_FIND, {"issuer": key.issuer, "subject": key.subject})
        row = found.one_or_none()
        return None if row is None else _identity(row)

    async def admit(self, identity: Identity) -> Identity:
        """The conflicting row is updated, so that it comes back locked, not absent."""
        async with self._transaction.writing() as connection:
            admitted = _identity((await connection.execute(_ADMIT, _row(identity))).one())
            if admitted.person == identity.person:
                person = {"id": admitted.person, "created_at": admitted.admitted_at}
                await connection.execute(_ADD_PERSON, person)
        return admitted

    async def purge(self, now: datetime, kept: Retention) -> int:
        """Delete identities unused for so long whose person never had a customer; how many.

        Then the persons who are left without any identity. Somebody who had a customer once stays,
        with the history of it.
        """
        idle = identities.c.last_used_at <= now - kept.unconnected
        forgotten = await delete_in_batches(
            self._transaction,
            identities,
            and_(idle, _never_in(identities.c.person, links.c.person, delegations.c.delegate)),
            by=identities.c.last_used_at,
        )
        await delete_in_batches(
            self._transaction,
            persons,
            _never_in(persons.c.id, identities.c.person, links.c.person, delegations.c.delegate),
            by=persons.c.id,
        )
        return forgotten

    async def erase(self, person: PersonId) -> int:
        """The person's id stays, with its history; a link still says at which issuer."""
        async with self._transaction.writing() as connection:
            await connection.execute(
                update(links).where(links.c.person == person).values(proved_with_subject="")
            )
            erased = await connection.execute(
                delete(identities).where(identities.c.person == person)
            )
        return erased.rowcount

    async def identities_of(self, person: PersonId) -> Sequence[Identity]:
        """Oldest first."""
        query = (
            select(identities)
            .where(identities.c.person == person)
            .order_by(identities.c.admitted_at, identities.c.issuer, identities.c.subject)
        )
        return [_identity(row) for row in await self._transaction.ask(query)]


def _never_in(person: ColumnElement[str], *columns: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(*(~exists().where(column == person) for column in columns))


def _row(identity: Identity) -> dict[str, object]:
    return {
        "issuer": identity.key.issuer,
        "subject": identity.key.subject,
        "person": identity.person,
        "provider": identity.provider,
        "label": identity.label,
        "admitted_at": identity.admitted_at,
        "last_used_at": identity.last_used_at,
    }


def _identity(row: Row) -> Identity:
    return Identity(
        key=IdentityKey(row.issuer, row.subject),
        person=PersonId(row.person),
        provider=row.provider,
        label=row.label,
        admitted_at=row.admitted_at,
        last_used_at=row.last_used_at,
    )
