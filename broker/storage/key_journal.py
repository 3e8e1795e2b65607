"""Keys' journal (`keys.ports.KeyJournal`), written into the audit trail."""

from datetime import datetime

from broker.storage.ports import AuditEvent, AuditLog
from keys import KeyRecord


class KeyAudit:
    """`KeyJournal` on an `AuditLog`. `actor` is who acts: an operator, or the broker by itself."""

    def __init__(self, log: AuditLog, *, actor: str) -> None:
        self._log = log
        self._actor = actor

    async def note(self, deed: str, key: KeyRecord, *, at: datetime, why: str) -> None:
        facts = {"algorithm": key.algorithm.value} | ({"reason": why} if why else {})
        await self._log.append(
            AuditEvent(
                kind=f"key_{deed}",
                at=at,
                actor=self._actor,
                subject=key.kid,
                customer="",
                facts=facts,
            )
        )
