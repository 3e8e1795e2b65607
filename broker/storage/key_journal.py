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
        event = key_event(deed, key.kid, key.algorithm.value, at=at, actor=self._actor, reason=why)
        await self._log.append(event)


def key_event(
    deed: str, kid: str, algorithm: str, *, at: datetime, actor: str, reason: str
) -> AuditEvent:
    """What was done to a key, as the trail has it; an empty `reason` for what happens by plan."""
    return AuditEvent(
        kind=f"key_{deed}",
        at=at,
        actor=actor,
        subject=kid,
        customer="",
        facts={"algorithm": algorithm} | ({"reason": reason} if reason else {}),
    )
