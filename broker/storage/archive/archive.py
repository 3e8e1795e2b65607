"""The port of backup and restore, and what does it on SQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from broker.storage.archive.gone_keys import (
    LOST,
    WAS_GONE,
    GoneKey,
    count_used,
    gone_keys,
    keep_gone,
    revoke_lost,
)
from broker.storage.archive.manifest import Manifest, Origin
from broker.storage.archive.reading import BackupReader
from broker.storage.archive.restoring import (
    check_schema,
    end_everything,
    load,
    make_room,
)
from broker.storage.archive.taking import Progress, take
from broker.storage.key_journal import key_event
from broker.storage.ports import AuditEvent, AuditLog
from broker.storage.sql.transaction import SqlTransaction

BackupFile = BinaryIO


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has ended, so that nothing that was ended meanwhile comes back to life.

    `kept_out`: keys that the database which was replaced knew as revoked or removed, and the backup
    did not. `lost`: keys that were revoked because they do not open. `keys_used`: those that are
    published as soon as a broker starts.
    """

    sessions_ended: int
    grants_revoked: int
    keys_used: int = 0
    kept_out: tuple[GoneKey, ...] = ()
    lost: tuple[GoneKey, ...] = ()


class Archive(Protocol):
    """All that is durable, out into one file and in again. The transient store is no part of it."""

    async def take(
        self, file: BackupFile, origin: Origin, *, with_register: bool, on_progress: Progress
    ) -> Manifest:
        """Write one consistent state. Raises BackupRefused."""
        ...

    async def restore(
        self,
        backup: BackupReader,
        *,
        replace: bool,
        at: datetime,
        by: str,
        revoke: Collection[str] = (),
        on_progress: Progress,
    ) -> Restored:
        """Put everything back, or change nothing. `revoke` names signing keys that are lost.

        What was revoked or removed in a database that is replaced stays so.

        Raises BackupDamaged, BackupRefused, or NotEmpty unless `replace`.
        """
        ...


class SqlArchive:
    """`Archive` on SQL."""

    def __init__(self, transaction: SqlTransaction, audit: AuditLog) -> None:
        self._transaction = transaction
        self._audit = audit

    async def take(
        self, file: BackupFile, origin: Origin, *, with_register: bool, on_progress: Progress
    ) -> Manifest:
        async with self._transaction.snapshot() as connection:
            return await take(
                connection, file, origin, with_register=with_register, on_progress=on_progress
            )

    async def restore(
        self,
        backup: BackupReader,
        *,
        replace: bool,
        at: datetime,
        by: str,
        revoke: Collection[str] = (),
        on_progress: Progress,
    ) -> Restored:
        async with self._transaction(), self._transaction.writing() as connection:
            await check_schema(connection, backup.manifest)
            gone = await gone_keys(connection)
            await make_room(connection, backup.manifest, replace=replace)
            await load(connection, backup, on_progress=on_progress)
            sessions_ended, grants_revoked = await end_everything(connection, at=at)
            done = Restored(
                sessions_ended,
                grants_revoked,
                kept_out=await keep_gone(connection, gone),
                lost=await revoke_lost(connection, revoke, at=at),
                keys_used=await count_used(connection),
            )
            await self._audit.append(_event(backup.manifest, sessions_ended, at=at, by=by))
            await self._note(done.kept_out, WAS_GONE, at=at, by=by)
            await self._note(done.lost, LOST, at=at, by=by)
        return done

    async def _note(self, keys: Sequence[GoneKey], reason: str, *, at: datetime, by: str) -> None:
        for each in keys:
            actor = f"operator:{by}"
            deed, kid, algorithm = each.state.value, each.kid, each.algorithm
            await self._audit.append(
                key_event(deed, kid, algorithm, at=at, actor=actor, reason=reason)
            )


def _event(manifest: Manifest, sessions_ended: int, *, at: datetime, by: str) -> AuditEvent:
    return AuditEvent(
        kind="restored",
        at=at,
        actor="operator",
        facts={
            "by": by,
            "taken_at": manifest.origin.taken_at.isoformat(timespec="seconds"),
            "release": manifest.origin.release,
            "sessions_ended": str(sessions_ended),
        },
    )
