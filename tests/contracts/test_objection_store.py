"""The contract of `linking.newcomers.ports.ObjectionStore`."""

import asyncio
from dataclasses import replace

import pytest

from broker.storage import Retention, Storage
from linking.model import Customer, CustomerId, DelegationId, LinkId
from linking.newcomers.ports import Objection
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


async def test_a_second_token_stands_beside_the_first(
    storage: Storage, objection: Objection
) -> None:
    """Both find it, each told of when it was sent; there is no third."""
    told = replace(objection, told_at=NOW)
    await storage.objections.make(told, token_hash=b"hash")
    assert await storage.objections.remind(LinkId("l1"), token_hash=b"again", at=NOW + DAY)
    for token, at in ((b"hash", NOW), (b"again", NOW + DAY)):
        found = await storage.objections.of_token(token)
        assert found == replace(told, told_at=at)
    assert not await storage.objections.remind(LinkId("l1"), token_hash=b"third", at=NOW + DAY)
    assert await storage.objections.of_token(b"third") is None


async def test_who_can_be_reminded_without_a_token_is_so_once(
    storage: Storage, objection: Objection
) -> None:
    """A contact that is new gets none."""
    await storage.objections.make(objection, token_hash=b"hash")
    assert await storage.objections.remind(LinkId("l1"), token_hash=None, at=NOW)
    assert not await storage.objections.remind(LinkId("l1"), token_hash=None, at=NOW)


async def test_what_was_said_is_not_told_of_again(storage: Storage, objection: Objection) -> None:
    """Nor what does not exist."""
    await storage.objections.make(objection, token_hash=b"hash")
    await storage.objections.say(LinkId("l1"), at=NOW)
    for connection in (LinkId("l1"), LinkId("l9")):
        assert not await storage.objections.remind(connection, token_hash=b"again", at=NOW)


async def test_how_often_a_contact_was_told(storage: Storage, objection: Objection) -> None:
    """Reminders too; not of whom they were not told, not before, not of other customers."""
    other = await storage.links.customer("elnat", "100424", proposed=CustomerId("c2"))
    told = replace(objection, told_at=NOW)
    made = [
        told,
        replace(told, connection=LinkId("l2"), told_at=NOW - DAY),
        replace(told, connection=LinkId("l3"), told_at=None),
        replace(told, connection=LinkId("l4"), customer=other),
    ]
    for each in made:
        await storage.objections.make(each, token_hash=None)
    customer = objection.customer.id
    assert await storage.objections.told(customer, since=NOW - DAY) == 1
    await storage.objections.remind(LinkId("l2"), token_hash=b"again", at=NOW)
    assert await storage.objections.told(customer, since=NOW - DAY) == 2
    assert await storage.objections.told(customer, since=NOW - 2 * DAY) == 3
    assert await storage.objections.told(CustomerId("c9"), since=NOW) == 0


async def test_those_of_whom_nobody_was_told(storage: Storage, objection: Objection) -> None:
    """Since then, of that customer, and none that was said; who will be told later is not yet."""
    other = await storage.links.customer("elnat", "100424", proposed=CustomerId("c2"))
    for name, change in {
        "told": {"told_at": NOW},
        "said": {"said_at": NOW},
        "early": {"made_at": NOW - MINUTE},
        "other": {"customer": other},
        "untold": {},
        "reminded": {},
        "reminded later": {},
    }.items():
        each = replace(objection, connection=LinkId(name), **change)  # type: ignore[arg-type]
        await storage.objections.make(each, token_hash=None)
    await storage.objections.remind(LinkId("reminded"), token_hash=None, at=NOW)
    await storage.objections.remind(LinkId("reminded later"), token_hash=None, at=NOW + 2 * DAY)
    found = await storage.objections.untold(objection.customer.id, since=NOW, now=NOW + DAY)
    assert {each.connection for each in found} == {"untold", "reminded later"}
