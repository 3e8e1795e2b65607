"""Linking's journal (`linking.ports.Journal`), written into the audit trail."""

from datetime import datetime
from typing import Final

from broker.storage.ports import AuditEvent, AuditLog
from linking.model import CustomerId, PersonId

# Somebody whom no record of ours knows yet: their first try, for instance.
UNKNOWN_ACTOR: Final = "unknown"


class AuditJournal:
    """`Journal` on an `AuditLog`. Whom it concerns is also who did it, unless `actor` did."""

    def __init__(self, log: AuditLog, *, actor: str = "") -> None:
        self._log = log
        self._actor = actor

    async def note(
        self,
        kind: str,
        *,
        at: datetime,
        person: PersonId | None,
        customer: CustomerId | None,
        **facts: str,
    ) -> None:
        await self._log.append(
            AuditEvent(
                kind=kind,
                at=at,
                actor=self._actor or person or UNKNOWN_ACTOR,
                subject=person or "",
                customer=customer or "",
                facts=facts,
            )
        )
