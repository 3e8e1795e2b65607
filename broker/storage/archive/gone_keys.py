"""Signing keys at a restore: what was taken out stays out, and what nobody can open is revoked.

Rows are taken as they are: also those of an algorithm that this release does not know.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import select, update

from broker.storage.sql.connection import Connection
from broker.storage.sql.statements import Row
from broker.storage.sql.tables import signing_keys
from broker.storage.sql.upsert import insert
from keys.model import State
from keys.ring import PUBLISHED

WAS_GONE: Final = "taken out in the database that a restore replaced"
LOST: Final = "lost at a restore: no master key opens it"

_HOW_FAR: Final[Mapping[str, int]] = MappingProxyType({State.REMOVED: 1, State.REVOKED: 2})
"""A revoked key is never only removed."""


@dataclass(frozen=True, slots=True)
class GoneKey:
    """A key that a restore took out, or whose `kid` it kept where the backup does not know it."""

    kid: str
    algorithm: str
    state: State


async def gone_keys(connection: Connection) -> Sequence[Row]:
    """Those that were revoked or removed in a database that is about to be replaced."""
    c = signing_keys.c
    which = select(signing_keys).where(c.state.in_(tuple(_HOW_FAR)))
    return (await connection.execute(which.order_by(c.created_at, c.kid))).all()


async def keep_gone(connection: Connection, gone: Sequence[Row]) -> tuple[GoneKey, ...]:
    """Take out what came back and was out already; those that this changed, or added."""
    there = await _by_kid(connection)
    return tuple([_told(row) for row in gone if await _keep(connection, row, there.get(row.kid))])


async def revoke_lost(
    connection: Connection, kids: Collection[str], *, at: datetime
) -> tuple[GoneKey, ...]:
    """Revoke keys that came back, are in use, and that nobody can open; those that were."""
    there = await _by_kid(connection)
    lost = [there[kid] for kid in kids if kid in there and there[kid].state in PUBLISHED]
    for row in lost:
        await connection.execute(
            update(signing_keys)
            .where(signing_keys.c.kid == row.kid)
            .values(state=State.REVOKED, revoked_at=at, **_emptied(row))
        )
    return tuple(GoneKey(row.kid, row.algorithm, State.REVOKED) for row in lost)


async def count_used(connection: Connection) -> int:
    """How many keys are published as soon as a broker starts."""
    return sum(row.state in PUBLISHED for row in (await _by_kid(connection)).values())


async def _by_kid(connection: Connection) -> dict[str, Row]:
    return {row.kid: row for row in await connection.execute(select(signing_keys))}


async def _keep(connection: Connection, gone: Row, back: Row | None) -> bool:
    """Whether there was anything to do."""
    if back is None:
        row = {column.name: getattr(gone, column.name) for column in signing_keys.columns}
        await connection.execute(insert(signing_keys).values(row | _emptied(gone)))
        return True
    if _HOW_FAR.get(back.state, 0) >= _HOW_FAR[gone.state]:
        return False
    await connection.execute(
        update(signing_keys)
        .where(signing_keys.c.kid == gone.kid)
        .values(
            state=gone.state,
            removed_at=gone.removed_at,
            revoked_at=gone.revoked_at,
            **_emptied(back, gone),
        )
    )
    return True


def _emptied(*rows: Row) -> dict[str, object]:
    """Without what is sealed; who sealed it stays known, as in `keys.ring.move`."""
    masters = [each for row in rows for each in (*(row.earlier_masters or ()), row.master_key)]
    return {
        "sealed_private": b"",
        "master_key": "",
        "earlier_masters": tuple(dict.fromkeys(each for each in masters if each)),
    }


def _told(row: Row) -> GoneKey:
    return GoneKey(row.kid, row.algorithm, State(row.state))
