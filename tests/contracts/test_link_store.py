"""The contract of `linking.ports.LinkStore`."""

import asyncio
from dataclasses import replace

import pytest

from broker.storage import Storage
from linking.model import Customer, CustomerId, LinkId, PersonId
from tests.contracts.samples import MINUTE, NOW, identity, link


@pytest.fixture
async def customer(storage: Storage) -> Customer:
    """A customer, and two persons to be linked to it."""
    for number in (1, 2):
        await storage.persons.admit(identity(f"s{number}", person=f"p{number}"))
    return await storage.links.customer("elnat", "100423", proposed=CustomerId("c1"))


async def test_a_customer_keeps_its_id(storage: Storage, customer: Customer) -> None:
    """The first proposed id is the customer's for ever."""
    again = await storage.links.customer("elnat", "100423", proposed=CustomerId("c2"))
    assert again == customer == Customer(CustomerId("c1"), "elnat", "100423")


async def test_companies_have_their_own_numbers(storage: Storage, customer: Customer) -> None:
    """The same number at a sister company is another customer."""
    other = await storage.links.customer("varme", "100423", proposed=CustomerId("c2"))
    assert other.id != customer.id


async def test_leading_zeros_matter(storage: Storage, customer: Customer) -> None:
    """Numbers are compared as they stand; normalising is not the store's."""
    other = await storage.links.customer("elnat", "0100423", proposed=CustomerId("c2"))
    assert other.id != customer.id


async def test_a_link_is_found_by_its_person(storage: Storage, customer: Customer) -> None:
    """It comes back whole."""
    assert await storage.links.create(link(customer)) == link(customer)
    assert await storage.links.of_person(PersonId("p1")) == [link(customer)]
    assert await storage.links.of_person(PersonId("p2")) == []


async def test_a_second_link_is_the_first(storage: Storage, customer: Customer) -> None:
    """Proving it again gives the live link, unchanged."""
    await storage.links.create(link(customer))
    again = replace(link(customer, id="l2"), linked_at=NOW + MINUTE)
    assert await storage.links.create(again) == link(customer)


async def test_several_persons_may_be_one_customer(storage: Storage, customer: Customer) -> None:
    """A true pair always links, whoever is linked already."""
    await storage.links.create(link(customer, id="l1", person="p1"))
    await storage.links.create(link(customer, id="l2", person="p2"))
    found = await storage.links.of_customers("elnat", ["100423"])
    assert {one.person for one in found} == {"p1", "p2"}


async def test_links_of_customers_are_of_one_company(storage: Storage, customer: Customer) -> None:
    """Neither another company's nor unknown numbers give a link."""
    await storage.links.create(link(customer))
    assert await storage.links.of_customers("varme", ["100423"]) == []
    assert await storage.links.of_customers("elnat", ["999", "100423"]) == [link(customer)]
    assert await storage.links.of_customers("elnat", []) == []


async def test_five_hundred_numbers_at_once(storage: Storage, customer: Customer) -> None:
    """The most that a caller may ask for is answered."""
    await storage.links.create(link(customer))
    numbers = [str(number) for number in range(100_000, 100_500)]
    assert await storage.links.of_customers("elnat", numbers) == [link(customer)]


async def test_an_ended_link_is_not_live(storage: Storage, customer: Customer) -> None:
    """It is never returned again, and cannot be ended twice."""
    await storage.links.create(link(customer))
    assert await storage.links.end(LinkId("l1"), at=NOW, reason="unlinked")
    assert not await storage.links.end(LinkId("l1"), at=NOW, reason="unlinked")
    assert await storage.links.of_person(PersonId("p1")) == []
    assert await storage.links.of_customers("elnat", ["100423"]) == []


async def test_a_new_link_may_follow_an_ended_one(storage: Storage, customer: Customer) -> None:
    """History does not stand in the way."""
    await storage.links.create(link(customer))
    await storage.links.end(LinkId("l1"), at=NOW, reason="unlinked")
    assert await storage.links.create(link(customer, id="l2")) == link(customer, id="l2")


async def test_links_at_once_are_one(storage: Storage, customer: Customer) -> None:
    """Twenty tasks that link one person get one live link."""
    created = await asyncio.gather(
        *(storage.links.create(link(customer, id=f"l{i}")) for i in range(20))
    )
    assert len({one.id for one in created}) == 1


async def test_a_live_link_is_found_by_its_id(storage: Storage, customer: Customer) -> None:
    """Whole; an unknown one and an ended one are not found."""
    await storage.links.create(link(customer))
    assert await storage.links.find(LinkId("l1")) == link(customer)
    assert await storage.links.find(LinkId("l2")) is None
    await storage.links.end(LinkId("l1"), at=NOW, reason="unlinked")
    assert await storage.links.find(LinkId("l1")) is None
