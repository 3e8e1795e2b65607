"""Ending one connection, when customer service has found that it should not be there.

It ends at once and for good; the person is signed out everywhere, and may sign in again for what
they have besides. Whoever can prove the customer can connect again: this guards nobody.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from linking.connections import Connection, Connections
from linking.model import DelegationId, LinkId
from linking.ports import DelegationStore, Journal, LinkStore, SignedIn, Transaction

_ENDED_BECAUSE: Final = "customer_service"


@dataclass(frozen=True, slots=True)
class Unlinked:
    """What was ended, and how many sessions with it."""

    connection: Connection
    sessions: int


@dataclass(frozen=True, slots=True)
class Unlinking:
    """The use case. `journal` must write down who really acts: it is not the person."""

    connections: Connections
    links: LinkStore
    delegations: DelegationStore
    signed_in: SignedIn
    journal: Journal
    transaction: Transaction

    async def unlink(self, connection: str, *, now: datetime, reason: str) -> Unlinked | None:
        """End the live link or delegation with this id; None if there is none.

        All at once or not at all. `reason` is kept for ever, and must not say who anybody is.
        """
        async with self.transaction():
            found = await self.connections.find(connection, now=now)
            if found is None or not await self._end(found, now=now):
                return None
            sessions = await self.signed_in.end_of_persons(
                [found.person], at=now, reason=_ENDED_BECAUSE
            )
            await self.journal.note(
                "delegation_ended" if found.is_help else "link_ended",
                at=now,
                person=found.person,
                customer=found.customer,
                connection=found.id,
                reason=reason,
            )
        return Unlinked(found, sessions)

    async def _end(self, found: Connection, *, now: datetime) -> bool:
        if found.is_help:
            return await self.delegations.end(DelegationId(found.id), at=now, reason=_ENDED_BECAUSE)
        return await self.links.end(LinkId(found.id), at=now, reason=_ENDED_BECAUSE)
