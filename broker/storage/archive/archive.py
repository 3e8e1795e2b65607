"""The port of backup and restore, and what does it on SQL."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from broker.storage.archive.manifest import Manifest, Origin
from broker.storage.archive.reading import BackupReader
from broker.storage.archive.restoring import (
    check_schema,
    end_everything,
    load,
    make_room,
    revoke_keys,
)
from broker.storage.archive.taking import Progress, take
from broker.storage.ports import AuditEvent, AuditLog
from broker.storage.sql.transaction import SqlTransaction

BackupFile = BinaryIO


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has ended, so that nothing that was ended meanwhile comes back to life."""

    sessions_ended: int
    grants_revoked: int


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
            await make_room(connection, backup.manifest, replace=replace)
            await load(connection, backup, on_progress=on_progress)
            sessions_ended, grants_revoked = await end_everything(connection, at=at)
            await revoke_keys(connection, revoke, at=at)
            await self._audit.append(_event(backup.manifest, sessions_ended, at=at, by=by))
        return Restored(sessions_ended, grants_revoked)


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
