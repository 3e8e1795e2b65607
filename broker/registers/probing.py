"""Does what the current register has sealed open under the key that an import seals with?

A master key that was written wrongly under its old name opens nothing, and an import would seal
everybody's contact with it: the right key, put back, would then open none of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from broker.registers.contacts import ContactSeal
from broker.registers.drafts import Draft
from broker.sealed import NotOurs, master_key_of
from broker.storage.register_ports import CustomerIndex, Generation, IndexedCustomer

SAMPLE: Final = 500
"""Customers of a batch of rows that are looked up: one contact that opens is enough."""


class OtherMasterKey(Exception):
    """Of `company`'s contacts none opens that was sealed under the name of the newest key."""

    def __init__(self, company: str) -> None:
        super().__init__(company)
        self.company = company


@dataclass(frozen=True, slots=True)
class SealProbe:
    """Opens one contact of each company, by the customer numbers that the export has in clear.

    Only what stands under the name of the newest key is looked at: a key that was retired, or lost
    and given up, is no reason to keep its contacts sealed with it.
    """

    index: CustomerIndex
    contacts: ContactSeal
    _done: set[str] = field(default_factory=set, repr=False)

    async def run(self, draft: Draft, numbers: Iterable[str]) -> None:
        """Once some contact of the company has opened, nothing is asked any more.

        Raises:
            OtherMasterKey: all that were tried stay closed.
        """
        before, keys = draft.before, draft.keys_before
        if draft.company in self._done or before is None or keys is None:
            return
        by_key = {keys.customer(draft.company, each): each for each in islice(numbers, SAMPLE)}
        sealed = await self._sealed(before, list(by_key))
        if not sealed:
            return
        if not any(self._opens(draft.company, by_key[each.key], each) for each in sealed):
            raise OtherMasterKey(draft.company)
        self._done.add(draft.company)

    async def _sealed(self, before: Generation, keys: Sequence[bytes]) -> list[IndexedCustomer]:
        """Those whose contact was sealed under the name that an import seals under now."""
        newest = master_key_of(self.contacts.seal(b"", b""))
        found = await self.index.customers(before, keys)
        return [each for each in found if master_key_of(each.sealed_contact) == newest]

    def _opens(self, company: str, number: str, customer: IndexedCustomer) -> bool:
        try:
            self.contacts.opened(company, number, customer.sealed_contact)
        except NotOurs:
            return False
        return True
