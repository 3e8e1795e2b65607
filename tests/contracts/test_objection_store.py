"""The contract of `linking.objection_ports.ObjectionStore`."""

import asyncio

import pytest

from broker.storage import Retention, Storage
from linking.model import Customer, CustomerId, DelegationId, LinkId
from linking.objection_ports import Objection
from tests.contracts.samples import DAY, MINUTE, NOW


@pytest.fixture
async def objection(storage: Storage) -> Objection:
    """What can be said no to, not stored yet."""
    customer = await storage.links.customer("elnat", "100423", proposed=CustomerId("c1"))
    return Objection(LinkId("l1"), customer, (b"n" * 32, b"d" * 32), NOW)


async def test_it_is_found_by_its_token_and_by_its_connection(
    storage: Storage, objection: Objection
) -> None:
    """It comes back whole."""
    await storage.objections.make(objection, token_hash=b"hash")
    assert await storage.objections.of_token(b"hash") == objection
    assert await storage.objections.of_connection(LinkId("l1")) == objection


async def test_no_other_token_finds_it(storage: Storage, objection: Objection) -> None:
    """Nor does no token find one that has none."""
    await storage.objections.make(objection, token_hash=None)
    for token in (b"hash", b"", b"l1"):
        assert await storage.objections.of_token(token) is None
    assert await storage.objections.of_connection(DelegationId("d1")) is None


async def test_several_may_have_no_token(storage: Storage, objection: Objection) -> None:
    """Customers without a contact are many."""
    await storage.objections.make(objection, token_hash=None)
    other = Objection(DelegationId("d1"), objection.customer, (), NOW)
    await storage.objections.make(other, token_hash=None)
    assert await storage.objections.of_connection(DelegationId("d1")) == other


async def test_the_customer_has_todays_number(storage: Storage, objection: Objection) -> None:
    """After a new billing system, say."""
    await storage.objections.make(objection, token_hash=b"hash")
    await storage.numbers.change({objection.customer.id: "700423"})
    found = await storage.objections.of_token(b"hash")
    assert found is not None
    assert found.customer == Customer(CustomerId("c1"), "elnat", "700423")


async def test_it_is_said_once(storage: Storage, objection: Objection) -> None:
    """Of twenty at a time one is the first, and that time stays."""
    await storage.objections.make(objection, token_hash=b"hash")
    said = await asyncio.gather(
        *(storage.objections.say(LinkId("l1"), at=NOW + n * MINUTE) for n in range(20))
    )
    assert sorted(said) == [False] * 19 + [True]
    found = await storage.objections.of_token(b"hash")
    assert found is not None
    assert found.said_at == NOW + said.index(True) * MINUTE


async def test_what_does_not_exist_is_not_said(storage: Storage, objection: Objection) -> None:
    """No error either."""
    assert not await storage.objections.say(objection.connection, at=NOW)


async def test_old_ones_are_purged(storage: Storage, objection: Objection) -> None:
    """When a link that ended then would be."""
    await storage.objections.make(objection, token_hash=b"hash")
    kept = Retention(ended_links=30 * DAY)
    await storage.purge(NOW + 29 * DAY, kept)
    assert await storage.objections.of_token(b"hash") is not None
    await storage.purge(NOW + 30 * DAY, kept)
    assert await storage.objections.of_token(b"hash") is None
