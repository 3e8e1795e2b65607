"""`linking.CustomerRegister` over what was imported.

Both questions make the same look-ups whether the answer is yes or no, and whichever number is
wrong: there is nothing in how long it takes to tell who is a customer.
"""

import hmac
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeVar

from broker.registers.contacts import ContactSeal
from broker.registers.hashing import Peppers, Recipe, RegisterKeys
from broker.sealed import NotOurs
from broker.storage.errors import StorageUnavailable
from broker.storage.register_ports import CustomerIndex, IndexedCustomer, IndexedEvidence
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


_NOTHING: Final = IndexedEvidence(b"", date.min)
_NOBODY: Final = IndexedCustomer(
    b"", CustomerKind.PRIVATE, CustomerStatus.ACTIVE, date.min, False, None, b"", b"", None
)
"""Where there is not even a nearest one."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A piece of evidence that was looked for."""

    is_there: bool
    issued_on: date
    second_holds: bool


@dataclass(frozen=True, slots=True)
class ImportedRegister:
    """Answers from the current generation of each company.

    `second_items` are those of the companies that it is the register of.
    """

    index: CustomerIndex
    peppers: Peppers
    contacts: ContactSeal
    second_items: Mapping[str, SecondItem]

    async def find_invoice(
        self,
        company: str,
        customer_number: str,
        evidence: str,
        second: str | None = None,
        *,
        asker: bytes = b"",  # noqa: ARG002 - nobody waits for anybody here
    ) -> RegisteredInvoice | None:
        """Look `evidence` up as an invoice number and as an OCR number, always both."""
        item = self.second_items[company]

        async def look_up(keys: RegisterKeys) -> RegisteredInvoice | None:
            said = keys.second_of(company, item)(customer_number, evidence, second or "")
            found = [
                await self._evidence(
                    company, keys.evidence(company, customer_number, recipe, evidence), said
                )
                for recipe in Recipe
            ]
            # Both looked at, whichever is there: `any` would stop at the first.
            dated = max(each.issued_on for each in found)
            holds = max(each.second_holds for each in found)
            is_there = max(each.is_there for each in found)
            invoice = RegisteredInvoice(dated, None if second is None else holds)
            return invoice if is_there else None

        return await self._ask(company, look_up)

    async def _evidence(self, company: str, key: bytes, said: bytes) -> "_Found":
        """Look at the nearest piece of evidence, and compare: a no is as much work as a yes."""
        nearest = await self.index.nearest_evidence(company, key) or _NOTHING
        is_there = hmac.compare_digest(nearest.key, key)
        holds = hmac.compare_digest(nearest.second, said)
        return _Found(
            is_there, nearest.issued_on if is_there else date.min, second_holds=is_there and holds
        )

    async def standing(
        self,
        company: str,
        customer_number: str,
        *,
        asker: bytes = b"",  # noqa: ARG002
    ) -> Standing | None:
        """Return what the register says of this customer now; None if it has no such customer."""

        async def look_up(keys: RegisterKeys) -> Standing | None:
            key = keys.customer(company, customer_number)
            nearest = await self.index.nearest_customer(company, key) or _NOBODY
            standing = _standing(nearest)  # of whomever it is: a no is as much work as a yes
            return standing if hmac.compare_digest(nearest.key, key) else None

        return await self._ask(company, look_up)

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

    async def contact(
        self,
        company: str,
        customer_number: str,
        *,
        asker: bytes = b"",  # noqa: ARG002
    ) -> Contact | None:
        """Return the contact on file and the one before it; None if there is no such customer."""
        customer, is_there = await self._nearest(company, customer_number)
        try:  # whosever it is: another's does not open, and is as much work
            opened, previous = (
                self.contacts.opened(company, customer_number, sealed)
                for sealed in (customer.sealed_contact, customer.sealed_previous_contact)
            )
        except NotOurs:
            if not is_there:
                return None
            raise RegisterUnavailable(detail="a contact does not open: master key gone?") from None
        contact = replace(
            opened,
            changed_on=customer.contact_since,
            previous=previous if customer.sealed_previous_contact else None,
        )
        return contact if is_there else None

    async def size(self) -> int:
        """Return how many customers there are, of all companies together."""
        try:
            return await self.index.size(self.second_items)
        except StorageUnavailable as error:
            raise RegisterUnavailable(detail=str(error)) from error

    async def with_second(self, company: str) -> frozenset[CustomerKind]:
        """As the current import found it, if that was made for the item that is asked for now."""
        try:
            current = await self.index.current(company)
        except StorageUnavailable as error:
            raise RegisterUnavailable(detail=str(error)) from error
        if current is None or not current.evidence:  # there is nobody who could miss it
            return frozenset(CustomerKind)
        said = current.second_items
        return said.everywhere(self.second_items[company].value) if said else frozenset()

    async def _nearest(self, company: str, customer_number: str) -> tuple[IndexedCustomer, bool]:
        """The customer, or the one nearest to there; and which of the two."""

        async def look_up(keys: RegisterKeys) -> tuple[IndexedCustomer, bool]:
            key = keys.customer(company, customer_number)
            nearest = await self.index.nearest_customer(company, key) or _NOBODY
            return nearest, hmac.compare_digest(nearest.key, key)

        return await self._ask(company, look_up) or (_NOBODY, False)

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
