"""The contract of `linking.ports.DelegationStore`."""

from dataclasses import replace
from datetime import date

import pytest

from broker.storage import Storage
from linking.model import Customer, CustomerId, DelegationId, Granularity, PersonId
from tests.contracts.samples import DAY, MINUTE, NOW, delegation, identity

PERSON = PersonId("p1")


@pytest.fixture
async def customer(storage: Storage) -> Customer:
    """A customer, and a person who helps them."""
    await storage.persons.admit(identity())
    return await storage.links.customer("elnat", "100423", proposed=CustomerId("c1"))


async def test_a_delegation_comes_back_whole(storage: Storage, customer: Customer) -> None:
    """With its limits, and with their absence."""
    limited = replace(
        delegation(customer),
        facilities=("f1", "f2"),
        granularity=Granularity.MONTH,
        history_from=date(2025, 1, 1),
    )
    assert await storage.delegations.create(limited) == limited
    assert await storage.delegations.of_delegate(PERSON, now=NOW) == [limited]


async def test_no_facilities_is_not_all_facilities(storage: Storage, customer: Customer) -> None:
    """An empty list and None are different answers."""
    none_at_all = replace(delegation(customer), facilities=())
    await storage.delegations.create(none_at_all)
    assert await storage.delegations.of_delegate(PERSON, now=NOW) == [none_at_all]


async def test_a_delegation_expires(storage: Storage, customer: Customer) -> None:
    """At its last instant it is gone for both questions."""
    await storage.delegations.create(delegation(customer))
    last = NOW + 30 * DAY
    of_customers = storage.delegations.of_customers
    assert await of_customers("elnat", ["100423"], now=last - MINUTE) == [delegation(customer)]
    assert await of_customers("elnat", ["100423"], now=last) == []
    assert await storage.delegations.of_delegate(PERSON, now=last) == []


async def test_a_new_one_replaces_the_live_one(storage: Storage, customer: Customer) -> None:
    """Same delegate, customer and basis: one is live, the newer."""
    await storage.delegations.create(delegation(customer))
    renewed = replace(delegation(customer, id="d2"), expires_at=NOW + 365 * DAY)
    assert await storage.delegations.create(renewed) == renewed
    assert await storage.delegations.of_delegate(PERSON, now=NOW) == [renewed]
    assert not await storage.delegations.end(DelegationId("d1"), at=NOW, reason="x")


async def test_an_ended_delegation_is_gone(storage: Storage, customer: Customer) -> None:
    """It ends once."""
    await storage.delegations.create(delegation(customer))
    assert await storage.delegations.end(DelegationId("d1"), at=NOW, reason="withdrawn")
    assert not await storage.delegations.end(DelegationId("d1"), at=NOW, reason="withdrawn")
    assert await storage.delegations.of_delegate(PERSON, now=NOW) == []
    assert await storage.delegations.of_customers("elnat", ["100423"], now=NOW) == []


async def test_a_live_delegation_is_found_by_its_id(storage: Storage, customer: Customer) -> None:
    """Whole; an unknown, an expired and an ended one are not found."""
    await storage.delegations.create(delegation(customer))
    find, known = storage.delegations.find, DelegationId("d1")
    assert await find(known, now=NOW) == delegation(customer)
    assert await find(DelegationId("d2"), now=NOW) is None
    assert await find(known, now=NOW + 30 * DAY) is None
    await storage.delegations.end(known, at=NOW, reason="withdrawn")
    assert await find(known, now=NOW) is None
