"""What follows when customers turn out to be deceased or protected: nobody stays signed in.

That their links and delegations are suspended is not written here or anywhere: `linking` derives
it from the current generation whenever it is asked.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from broker.storage.ports import AuditEvent, AuditLog, SessionStore
from linking.model import CustomerId, PersonId
from linking.ports import DelegationStore, LinkStore

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Suspensions:
    """Ends the sessions of everybody who is, or acts for, a customer that is now suspended."""

    links: LinkStore
    delegations: DelegationStore
    sessions: SessionStore
    audit: AuditLog

    async def carry_out(self, company: str, reasons: Mapping[str, str], *, at: datetime) -> int:
        """End sessions, note each customer that has links; return how many sessions were live.

        `reasons` are "deceased" or "protected" by customer number. It belongs in the transaction
        that makes them true.
        """
        ended = 0
        for numbers in _chunks(reasons):
            persons, customers = await self._reached(company, numbers, at=at)
            for some in _chunks(sorted(persons)):
                ended += await self.sessions.end_of_persons(
                    some, at=at, reason="customer_suspended"
                )
            for customer, number in sorted(customers.items()):
                await self._note(company, customer, reasons[number], at=at)
        return ended

    async def _reached(
        self, company: str, numbers: list[str], *, at: datetime
    ) -> tuple[set[PersonId], dict[CustomerId, str]]:
        persons: set[PersonId] = set()
        customers: dict[CustomerId, str] = {}
        for link in await self.links.of_customers(company, numbers):
            persons.add(link.person)
            customers[link.customer.id] = link.customer.number
        for delegation in await self.delegations.of_customers(company, numbers, now=at):
            persons.add(delegation.delegate)
            customers[delegation.customer.id] = delegation.customer.number
        return persons, customers

    async def _note(self, company: str, customer: str, reason: str, *, at: datetime) -> None:
        await self.audit.append(
            AuditEvent(
                kind="customer_suspended",
                at=at,
                actor="register",
                customer=customer,
                facts={"company": company, "reason": reason},
            )
        )


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    source = iter(values)
    while chunk := list(islice(source, _AT_ONCE)):
        yield chunk
