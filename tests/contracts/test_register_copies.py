"""The contract of `RegisterCopies`."""

from datetime import timedelta

import pytest

from broker.storage import Storage
from broker.storage.register_ports import Reading, SecondItems
from linking.model import Customer, CustomerId, DelegationId, LinkId
from tests.contracts.samples import DAY, NOW, delegation, identity, link


@pytest.fixture
async def customers(storage: Storage) -> list[Customer]:
    """Three of one company, one of another, and a person."""
    await storage.persons.admit(identity())
    made = [
        await storage.links.customer("elnat", f"10042{n}", proposed=CustomerId(f"c{n}"))
        for n in range(3)
    ]
    return [*made, await storage.links.customer("varme", "100420", proposed=CustomerId("c3"))]


async def linked(storage: Storage, company: str = "elnat", *, days: int = 0) -> list[str]:
    """Ids of those with a link or delegation alive, so many days from now."""
    found = storage.copies.linked(company, now=NOW + days * DAY)
    return [each.id async for each in found]


async def test_a_copy_comes_back(storage: Storage, customers: list[Customer]) -> None:
    """By id and by number; of whom there is none there is none."""
    await storage.copies.replace({customers[0].id: b"sealed", customers[3].id: b"another"})
    ids = [each.id for each in customers]
    assert await storage.copies.of(ids) == {"c0": b"sealed", "c3": b"another"}
    assert await storage.copies.by_number("elnat", "100420") == ("c0", b"sealed")
    assert await storage.copies.by_number("varme", "100420") == ("c3", b"another")
    assert await storage.copies.by_number("elnat", "100421") is None
    assert await storage.copies.by_number("elnat", "999999") is None
    assert await storage.copies.of([]) == {}


async def test_the_first_stays_when_one_is_added(
    storage: Storage, customers: list[Customer]
) -> None:
    """Only replacing replaces."""
    await storage.copies.add({customers[0].id: b"first"})
    await storage.copies.add({customers[0].id: b"second", customers[1].id: b"other"})
    assert await storage.copies.of(["c0", "c1"]) == {"c0": b"first", "c1": b"other"}
    await storage.copies.replace({customers[0].id: b"third"})
    assert await storage.copies.of(["c0"]) == {"c0": b"third"}
    await storage.copies.add({})


async def test_who_is_linked(storage: Storage, customers: list[Customer]) -> None:
    """By a live link or a delegation that has not run out; of this company only, and once."""
    await storage.links.create(link(customers[0]))
    await storage.links.create(link(customers[3], id="l3"))
    await storage.delegations.create(delegation(customers[0]))
    await storage.delegations.create(delegation(customers[1], id="d2"))
    assert await linked(storage) == ["c0", "c1"]
    assert await linked(storage, "varme") == ["c3"]
    assert await linked(storage, days=31) == ["c0"]
    await storage.links.end(LinkId("l1"), at=NOW, reason="unlinked")
    await storage.delegations.end(DelegationId("d2"), at=NOW, reason="ended")
    assert await linked(storage) == ["c0"]


async def test_everybody_is_found_however_many(storage: Storage) -> None:
    """More than a page of them."""
    await storage.persons.admit(identity())
    async with storage.transaction():
        for n in range(1_001):
            customer = await storage.links.customer(
                "elnat", str(n), proposed=CustomerId(f"c{n:05}")
            )
            await storage.links.create(link(customer, id=f"l{n}"))
    assert len(await linked(storage)) == 1_001


async def test_copies_of_who_is_not_linked_are_forgotten(
    storage: Storage, customers: list[Customer]
) -> None:
    """As soon as nobody acts for the customer any more."""
    await storage.links.create(link(customers[0]))
    await storage.delegations.create(delegation(customers[1]))
    await storage.copies.replace({each.id: b"sealed" for each in customers})
    assert await storage.copies.forget_unlinked(now=NOW) == 2
    ids = [each.id for each in customers]
    assert set(await storage.copies.of(ids)) == {"c0", "c1"}
    assert await storage.copies.forget_unlinked(now=NOW + 31 * DAY) == 1


async def test_a_renumbered_customer_keeps_the_copy(
    storage: Storage, customers: list[Customer]
) -> None:
    """It is the customer's, not the number's."""
    await storage.copies.replace({customers[0].id: b"sealed"})
    await storage.numbers.change({customers[0].id: "777"})
    assert await storage.copies.by_number("elnat", "777") == ("c0", b"sealed")
    assert await storage.copies.by_number("elnat", "100420") is None


async def test_the_latest_reading_counts(storage: Storage) -> None:
    """By company."""
    assert await storage.copies.readings() == {}
    first = Reading(NOW, 100, SecondItems("ocr", 1, 2))
    await storage.copies.note_reading("elnat", first)
    await storage.copies.note_reading("varme", first)
    later = Reading(NOW + timedelta(days=1), 101)
    await storage.copies.note_reading("elnat", later)
    assert await storage.copies.readings() == {"elnat": later, "varme": first}


async def test_it_takes_part_in_the_transaction(
    storage: Storage, customers: list[Customer]
) -> None:
    """What fails leaves no copy."""

    async def fail() -> None:
        async with storage.transaction():
            await storage.copies.replace({customers[0].id: b"sealed"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await storage.copies.of(["c0"]) == {}
