"""`linking.CustomerRegister` over what was imported.

Both questions make the same look-ups whether the answer is yes or no, and whichever number is
wrong: there is nothing in how long it takes to tell who is a customer.
"""

import hmac
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from broker.registers.contacts import ContactSeal
from broker.registers.hashing import Peppers, Recipe, RegisterKeys
from broker.sealed import NotOurs
from broker.storage.errors import StorageUnavailable
from broker.storage.register_ports import CustomerIndex, IndexedCustomer
from linking.errors import RegisterUnavailable
from linking.ladder import SecondItem
from linking.model import (
    Contact,
    Customer,
    CustomerId,
    CustomerKind,
    CustomerStatus,
    Standing,
)
from linking.ports import RegisteredInvoice

T = TypeVar("T")
# Customers in one question, each under every pepper: far from what a statement may hold.
_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class ImportedRegister:
    """Answers from the current generation of each company."""

    index: CustomerIndex
    peppers: Peppers
    contacts: ContactSeal
    second_items: Mapping[str, SecondItem]

    async def find_invoice(
        self, company: str, customer_number: str, evidence: str, second: str | None = None
    ) -> RegisteredInvoice | None:
        """Look `evidence` up as an invoice number and as an OCR number, always both."""
        item = self.second_items[company]

        async def look_up(keys: RegisterKeys) -> RegisteredInvoice | None:
            found = [
                await self.index.evidence(
                    company, keys.evidence(company, customer_number, recipe, evidence)
                )
                for recipe in Recipe
            ]
            known = [one for one in found if one is not None]
            if not known:
                return None
            dated = max(one.issued_on for one in known)
            if second is None:
                return RegisteredInvoice(dated)
            said = keys.second_of(company, item)(customer_number, evidence, second)
            holds = [hmac.compare_digest(one.second, said) for one in known]
            return RegisteredInvoice(dated, any(holds))

        return await self._ask(company, look_up)

    async def standing(self, company: str, customer_number: str) -> Standing | None:
        """Return what the register says of this customer now; None if it has no such customer."""
        customer = await self._customer(company, customer_number)
        return None if customer is None else _standing(customer)

    async def standings(
        self, customers: Collection[Customer]
    ) -> Mapping[CustomerId, Standing | None]:
        """Look them up together; a steward of thousands of customers by the thousand."""
        asked, standings = list(customers), dict[CustomerId, Standing | None]()
        for start in range(0, len(asked), _AT_ONCE):
            standings |= await self._standings(asked[start : start + _AT_ONCE])
        return standings

    async def _standings(self, customers: Sequence[Customer]) -> dict[CustomerId, Standing | None]:
        """Under every pepper at once: a generation has keys of its own only."""
        keys = {
            (customer.id, name): keys.customer(customer.company, customer.number)
            for customer in customers
            for name, keys in self.peppers.keys.items()
        }
        companies = {customer.company for customer in customers}
        try:
            found = await self.index.current_customers(companies, set(keys.values()))
        except StorageUnavailable as error:
            raise RegisterUnavailable(detail=str(error)) from error
        standings: dict[CustomerId, Standing | None] = {}
        for customer in customers:
            standings[customer.id] = None
            if here := found.get(customer.company):
                self._named(here.pepper, customer.company)
                held = here.customers.get(keys[customer.id, here.pepper])
                standings[customer.id] = None if held is None else _standing(held)
        return standings

    async def contact(self, company: str, customer_number: str) -> Contact | None:
        """Return the contact on file and the one before it; None if there is no such customer."""
        customer = await self._customer(company, customer_number)
        if customer is None:
            return None
        try:
            opened, previous = (
                self.contacts.opened(company, customer_number, sealed)
                for sealed in (customer.sealed_contact, customer.sealed_previous_contact)
            )
        except NotOurs:
            raise RegisterUnavailable(detail="a contact does not open: master key gone?") from None
        return replace(
            opened,
            changed_on=customer.contact_since,
            previous=previous if customer.sealed_previous_contact else None,
        )

    async def size(self) -> int:
        """Return how many customers there are, of all companies together."""
        try:
            return await self.index.size()
        except StorageUnavailable as error:
            raise RegisterUnavailable(detail=str(error)) from error

    async def _customer(self, company: str, customer_number: str) -> IndexedCustomer | None:
        async def look_up(keys: RegisterKeys) -> IndexedCustomer | None:
            return await self.index.customer(company, keys.customer(company, customer_number))

        return await self._ask(company, look_up)

    async def _ask(
        self, company: str, look_up: Callable[[RegisterKeys], Awaitable[T | None]]
    ) -> T | None:
        """Look up under the current generation's pepper, once more if an import changed it."""
        try:
            keys = await self._keys(company)
            answer = await look_up(keys)
            after = await self._keys(company)
            return answer if after is keys else await look_up(after)
        except StorageUnavailable as error:
            raise RegisterUnavailable(detail=str(error)) from error

    async def _keys(self, company: str) -> RegisterKeys:
        current = await self.index.current(company)
        if current is None:
            return self.peppers.newest
        return self._named(current.pepper, company)

    def _named(self, pepper: str, company: str) -> RegisterKeys:
        keys = self.peppers.named(pepper)
        if keys is None:
            raise RegisterUnavailable(
                detail=f"pepper {pepper} of {company}'s register is not configured"
            )
        return keys


def _standing(customer: IndexedCustomer) -> Standing:
    return Standing(
        kind=CustomerKind(customer.kind),
        status=CustomerStatus(customer.status),
        status_since=customer.status_since,
        protected=customer.protected,
        evidence_from=customer.evidence_from,
    )
