"""Whom the current generation knows, asked batch by batch in the order of the new one's keys."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from broker.registers.drafts import Draft
from broker.registers.spooled import SpooledCustomer
from broker.storage.register_ports import CustomerIndex, Generation, IndexedCustomer


class Before(Protocol):
    """Asked once for each batch; no batch begins before the last one ended."""

    async def of(self, rows: Sequence[SpooledCustomer]) -> Mapping[bytes, IndexedCustomer]:
        """Those of these customers who are known, by the key that they were known by."""
        ...


def before_of(draft: Draft, index: CustomerIndex) -> Before:
    """The way to ask: one pass over the generation, or by key where its pepper is another."""
    if draft.before is None or draft.keys_before is None:
        return _Nobody()
    if draft.keeps_pepper:
        return _InStep(index, draft.before)
    return _ByKey(index, draft.before)


class _Nobody:
    async def of(self, rows: Sequence[SpooledCustomer]) -> Mapping[bytes, IndexedCustomer]:
        del rows
        return {}


class _InStep:
    """Both registers are in the order of the same keys, so each row of either is read once."""

    def __init__(self, index: CustomerIndex, generation: Generation) -> None:
        self._customers = aiter(index.customers_of(generation))
        self._next: IndexedCustomer | None = None

    async def of(self, rows: Sequence[SpooledCustomer]) -> Mapping[bytes, IndexedCustomer]:
        keys = {row.key for row in rows}
        last = rows[-1].key
        found: dict[bytes, IndexedCustomer] = {}
        customer = self._next or await anext(self._customers, None)
        while customer is not None and customer.key <= last:
            if customer.key in keys:
                found[customer.key] = customer
            customer = await anext(self._customers, None)
        self._next = customer
        return found


class _ByKey:
    def __init__(self, index: CustomerIndex, generation: Generation) -> None:
        self._index = index
        self._generation = generation

    async def of(self, rows: Sequence[SpooledCustomer]) -> Mapping[bytes, IndexedCustomer]:
        keys = [row.before_key for row in rows]
        return {each.key: each for each in await self._index.customers(self._generation, keys)}
