"""Letting invoices connect to a guarded customer again, when customer service has seen to it."""

from dataclasses import dataclass
from datetime import datetime

from linking.newcomers.ports import Guards
from linking.ports import CustomerIds, Journal, Transaction


@dataclass(frozen=True, slots=True)
class Resumption:
    """The use case. `journal` must write down who acts. A burned invoice stays burned."""

    guards: Guards
    customers: CustomerIds
    journal: Journal
    transaction: Transaction

    async def since(self, company: str, number: str) -> datetime | None:
        """Since when the customer with this normalised number is guarded; None if not."""
        return await self.guards.since(company, number)

    async def resume(self, company: str, number: str, *, now: datetime, reason: str) -> bool:
        """Guard this customer no longer; False if they were not guarded.

        `reason` is kept for ever, and must not say who anybody is.
        """
        async with self.transaction():
            customer = (await self.customers.known(company, [number])).get(number)
            if customer is None or not await self.guards.lift(customer):
                return False
            await self.journal.note(
                "guard_lifted", at=now, person=None, customer=customer, reason=reason
            )
        return True
