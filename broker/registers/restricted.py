"""Closed, deceased or protected customers who drop out of an export stay what they were.

A missing row ends no link, so without theirs they would be as good as active: whoever is linked to
them would get everything back. They stay for ever, closed ones too: nothing is left to do for them
once reading has ended, and that must not change. It costs a small row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from broker.registers.batches import BATCH
from broker.registers.drafts import Draft
from broker.storage.register_ports import CustomerIndex, IndexedCustomer
from linking.model import CustomerStatus


def is_restricted(customer: IndexedCustomer) -> bool:
    """Whether the register takes rights away from who is linked to this customer."""
    return customer.protected or customer.status != CustomerStatus.ACTIVE


def is_carried(customer: IndexedCustomer) -> bool:
    """Whether no export had this customer, who was carried over: only then is there no tag."""
    return not customer.contact_tag


@dataclass(frozen=True, slots=True)
class RestrictedRows:
    """Completes drafts from the generations before them."""

    index: CustomerIndex

    async def carry_over(self, draft: Draft) -> None:
        """Add who is restricted and missing, without contact; the files have been read to the end.

        Not before: nobody's invoices count who does not stand in the export themselves.
        """
        if draft.before is None:
            return
        restricted: list[IndexedCustomer] = []
        async for customer in self.index.restricted_customers_of(draft.before):
            draft.carried_before += is_carried(customer)
            draft.restricted_before += 1
            restricted.append(customer)
            if len(restricted) == BATCH:
                await self._add_missing(draft, restricted)
                restricted.clear()
        await self._add_missing(draft, restricted)

    async def _add_missing(self, draft: Draft, restricted: Sequence[IndexedCustomer]) -> None:
        if not restricted or not draft.keeps_pepper:
            return
        known = await self.index.known_customers(
            draft.generation, [customer.key for customer in restricted]
        )
        missing = [_without_contact(one) for one in restricted if one.key not in known]
        draft.carried += len(missing)
        await self.index.add_customers(draft.generation, missing)


def _without_contact(customer: IndexedCustomer) -> IndexedCustomer:
    """What decides about access, and nothing else: the billing system has let the person go."""
    return replace(
        customer,
        sealed_contact=b"",
        contact_tag=b"",
        contact_since=None,
        sealed_previous_contact=b"",
    )
