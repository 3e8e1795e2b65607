"""Asking for a code on behalf of somebody who is on the telephone. Nobody here ever sees one.

A wish like any other: it goes to the contact on file, under the same caps, or nowhere, and what
comes of it is not told.
"""

from dataclasses import dataclass
from datetime import datetime

from linking.codes.asking import Codes
from linking.codes.sending import Medium, media_of
from linking.connections import Connections
from linking.ports import Journal, Transaction


@dataclass(frozen=True, slots=True)
class Issuing:
    """The use case. `journal` must write down who really acts: it is not the customer."""

    codes: Codes
    connections: Connections
    journal: Journal
    transaction: Transaction

    def media(self, company: str) -> tuple[Medium, ...]:
        """What this company sends codes by."""
        return media_of([self.codes.companies[company].ladder])

    async def issue(
        self, company: str, number: str, medium: Medium, *, now: datetime, reason: str
    ) -> None:
        """Wish for a code of whoever has this normalised number, or nobody.

        `reason` is kept for ever, and must not say who anybody is. The customer stands in the trail
        only where somebody is connected to it: the number must not.
        """
        connected = await self.connections.of_customer(company, number, now=now)
        async with self.transaction():
            await self.codes.ask([company], number, medium, now=now)
            await self.journal.note(
                "code_wished",
                at=now,
                person=None,
                customer=connected[0].customer if connected else None,
                company=company,
                medium=medium.value,
                reason=reason,
            )
