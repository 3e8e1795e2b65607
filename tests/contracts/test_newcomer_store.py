"""The contract of `linking.newcomers.ports.NewcomerStore`."""

from dataclasses import replace

import pytest

from broker.storage import Retention, Storage
from linking.model import Customer, CustomerId, LinkId, PersonId, Proof
from linking.newcomers.ports import Newcomer
from tests.contracts.samples import DAY, MINUTE, NOW, identity, link

FIRST, SECOND = PersonId("p1"), PersonId("p2")


@pytest.fixture
async def customer(storage: Storage) -> Customer:
    """A customer with two links, the second of which is new to the first person."""
    for number in range(1, 15):
        await storage.persons.admit(identity(f"s{number}", person=f"p{number}"))
    customer = await storage.links.customer("elnat", "100423", proposed=CustomerId("c1"))
    await storage.links.create(link(customer, id="l1", person="p1"))
    await storage.links.create(link(customer, id="l2", person="p2"))
    await storage.newcomers.announce(LinkId("l2"), [FIRST], at=NOW)
    return customer


async def test_it_is_unseen_by_those_it_was_announced_to(
    storage: Storage, customer: Customer
) -> None:
    """And by nobody else."""
    newcomer = Newcomer(LinkId("l2"), customer, Proof.INVOICE, NOW)
    assert await storage.newcomers.unseen(FIRST) == [newcomer]
    assert await storage.newcomers.unseen(SECOND) == []


async def test_seen_it_is_gone(storage: Storage, customer: Customer) -> None:
    """For that person alone, and only those that they saw."""
    await storage.links.create(link(customer, id="l3", person="p3"))
    await storage.newcomers.announce(LinkId("l3"), [FIRST, SECOND], at=NOW)
    await storage.newcomers.seen(FIRST, [LinkId("l3"), LinkId("l9")])
    assert [each.link for each in await storage.newcomers.unseen(FIRST)] == ["l2"]
    assert [each.link for each in await storage.newcomers.unseen(SECOND)] == ["l3"]


async def test_announcing_it_again_changes_nothing(storage: Storage, customer: Customer) -> None:
    """To nobody is fine too."""
    await storage.newcomers.announce(LinkId("l2"), [FIRST], at=NOW)
    await storage.newcomers.announce(LinkId("l2"), [], at=NOW)
    assert len(await storage.newcomers.unseen(FIRST)) == 1


async def test_who_has_left_again_is_not_told_of(storage: Storage, customer: Customer) -> None:
    """A link that ended is no news."""
    await storage.links.end(LinkId("l2"), at=NOW, reason="not_me")
    assert await storage.newcomers.unseen(FIRST) == []


async def test_the_newest_come_first_and_ten_at_most(storage: Storage, customer: Customer) -> None:
    """A page holds no more."""
    for number in range(3, 15):
        late = replace(
            link(customer, id=f"l{number}", person=f"p{number}"), linked_at=NOW + number * MINUTE
        )
        await storage.links.create(late)
        await storage.newcomers.announce(late.id, [FIRST], at=NOW)
    unseen = [each.link for each in await storage.newcomers.unseen(FIRST)]
    assert unseen == [f"l{number}" for number in range(14, 4, -1)]


async def test_old_ones_are_purged_with_their_links(storage: Storage, customer: Customer) -> None:
    """Ended links go after a while, and nothing holds them here."""
    await storage.links.end(LinkId("l2"), at=NOW, reason="not_me")
    await storage.newcomers.announce(LinkId("l1"), [SECOND], at=NOW)
    kept = Retention(ended_links=30 * DAY)
    await storage.purge(NOW + 29 * DAY, kept)
    assert len(await storage.newcomers.unseen(SECOND)) == 1
    await storage.purge(NOW + 30 * DAY, kept)
    assert await storage.newcomers.unseen(SECOND) == []
    assert await storage.links.find(LinkId("l2")) is None
