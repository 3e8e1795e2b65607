"""Persons and the identities they sign in with (`linking.ports.PersonStore`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, select, update

from broker.storage.sql.tables import identities, persons
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert
from linking.model import Identity, IdentityKey, PersonId

_FIND = select(identities).where(
    identities.c.issuer == bindparam("issuer"), identities.c.subject == bindparam("subject")
)


class SqlPersonStore:
    """`PersonStore` on SQL. The identity's primary key decides who is admitted first."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def find(self, key: IdentityKey) -> Identity | None:
        async with self._transaction.reading() as connection:
            found = await connection.execute(_FIND, {"issuer": key.issuer, "subject": key.subject})
            row = found.one_or_none()
        return None if row is None else _identity(row)

    async def admit(self, identity: Identity) -> Identity:
        """The conflicting row is updated to itself, so that it comes back locked, not absent."""
        attempt = insert(identities).values(
            issuer=identity.key.issuer,
            subject=identity.key.subject,
            person=identity.person,
            provider=identity.provider,
            label=identity.label,
            admitted_at=identity.admitted_at,
            last_used_at=identity.last_used_at,
        )
        admit = attempt.on_conflict_do_update(
            index_elements=[identities.c.issuer, identities.c.subject],
            set_={"issuer": attempt.excluded.issuer},
        ).returning(identities)
        async with self._transaction.writing() as connection:
            admitted = _identity((await connection.execute(admit)).one())
            person = insert(persons).values(id=admitted.person, created_at=admitted.admitted_at)
            await connection.execute(person.on_conflict_do_nothing())
        return admitted

    async def seen(self, key: IdentityKey, *, label: str, at: datetime) -> None:
        async with self._transaction.writing() as connection:
            await connection.execute(
                update(identities)
                .where(_is(key), identities.c.last_used_at <= at)
                .values(label=label, last_used_at=at)
            )

    async def identities_of(self, person: PersonId) -> Sequence[Identity]:
        """Oldest first."""
        query = (
            select(identities)
            .where(identities.c.person == person)
            .order_by(identities.c.admitted_at, identities.c.issuer, identities.c.subject)
        )
        async with self._transaction.reading() as connection:
            return [_identity(row) for row in await connection.execute(query)]


def _is(key: IdentityKey) -> ColumnElement[bool]:
    return and_(identities.c.issuer == key.issuer, identities.c.subject == key.subject)


def _identity(row: Row[Any]) -> Identity:
    return Identity(
        key=IdentityKey(row.issuer, row.subject),
        person=PersonId(row.person),
        provider=row.provider,
        label=row.label,
        admitted_at=row.admitted_at,
        last_used_at=row.last_used_at,
    )
