"""The contract of `CustomerIndex`."""

from dataclasses import replace
from datetime import date

import pytest
from msgspec.structs import replace as changed

from broker.storage import Storage
from broker.storage.errors import GenerationGone
from broker.storage.register_ports import (
    CurrentCustomers,
    Generation,
    IndexedCustomer,
    IndexedEvidence,
    SecondItems,
)
from tests.contracts.samples import DAY, NOW, indexed

MAY, JUNE = date(2025, 5, 2), date(2025, 6, 2)


async def begin(storage: Storage, company: str = "elnat") -> Generation:
    """Open a generation."""
    return await storage.index.open_generation(company, at=NOW, pepper="2026")


async def imported(storage: Storage, *customers: IndexedCustomer) -> Generation:
    """Import these customers, and one invoice for each."""
    generation = await begin(storage)
    await storage.index.add_customers(generation, customers)
    evidence = [IndexedEvidence(customer.key, MAY) for customer in customers]
    await storage.index.add_evidence(generation, evidence)
    await storage.index.make_current([generation], at=NOW)
    return generation


async def test_nothing_is_known_without_an_import(storage: Storage) -> None:
    """No generation is current, and no question finds anything."""
    assert await storage.index.current("elnat") is None
    assert await storage.index.generations("elnat") == []
    assert await storage.index.nearest_customer("elnat", b"a") is None
    assert await storage.index.nearest_evidence("elnat", b"a") is None


async def test_a_customer_comes_back_whole(storage: Storage) -> None:
    """With every field, and with their absence."""
    full = changed(indexed(b"a"), protected=True, evidence_from=MAY)
    bare = changed(indexed(b"b"), contact_since=None, sealed_previous_contact=b"")
    await imported(storage, full, bare)
    assert await storage.index.nearest_customer("elnat", b"a") == full
    assert await storage.index.nearest_customer("elnat", b"b") == bare
    assert await storage.index.nearest_evidence("elnat", b"a") == IndexedEvidence(b"a", MAY)


async def test_customers_are_counted_of_the_companies_named(storage: Storage) -> None:
    """Of what is current; nobody's are none."""
    await imported(storage, indexed(b"a"))
    await imported(storage, indexed(b"a"), indexed(b"b"))
    assert await storage.index.size(["elnat"]) == 2
    assert await storage.index.size(["elnat", "varme"]) == 2
    assert await storage.index.size(["varme"]) == 0
    assert await storage.index.size([]) == 0


async def test_companies_do_not_meet(storage: Storage) -> None:
    """A key of one company is unknown at another."""
    await imported(storage, indexed(b"a"))
    await storage.index.make_current([await begin(storage, "varme")], at=NOW)
    assert await storage.index.nearest_customer("varme", b"a") is None
    assert await storage.index.nearest_evidence("varme", b"a") is None


async def test_an_unfinished_generation_is_not_read(storage: Storage) -> None:
    """Until the pointer flips, the one before answers."""
    await imported(storage, indexed(b"a"))
    unfinished = await begin(storage)
    await storage.index.add_customers(unfinished, [indexed(b"a", status="closed"), indexed(b"b")])
    found = await storage.index.nearest_customer("elnat", b"a")
    assert found == indexed(b"a")
    assert await storage.index.nearest_customer("elnat", b"b") is None


async def test_the_current_generation_says_what_it_holds(storage: Storage) -> None:
    """Its counts are of what is there."""
    generation = await imported(storage, indexed(b"a"), indexed(b"b"))
    expected = replace(generation, customers=2, evidence=2)
    assert await storage.index.current("elnat") == expected
    assert await storage.index.generations("elnat") == [expected]


async def test_the_first_row_of_a_customer_stands(storage: Storage) -> None:
    """An export that contradicts itself does not change what was said first."""
    await imported(storage, indexed(b"a"), indexed(b"a", status="closed"))
    assert await storage.index.nearest_customer("elnat", b"a") == indexed(b"a")


async def test_several_companies_flip_together(storage: Storage) -> None:
    """If one of them cannot be made current, none is."""
    good, gone = await begin(storage), await begin(storage, "varme")
    await storage.index.discard(gone)
    with pytest.raises(GenerationGone):
        await storage.index.make_current([good, gone], at=NOW)
    assert await storage.index.current("elnat") is None


async def test_evidence_keeps_the_earliest_date(storage: Storage) -> None:
    """Within a batch, between batches, in whatever order."""
    generation = await begin(storage)
    for batch in ([(b"a", JUNE), (b"a", MAY), (b"b", JUNE)], [(b"a", JUNE), (b"b", MAY)]):
        await storage.index.add_evidence(generation, [IndexedEvidence(*row) for row in batch])
    await storage.index.make_current([generation], at=NOW)
    assert await storage.index.nearest_evidence("elnat", b"a") == IndexedEvidence(b"a", MAY)
    assert await storage.index.nearest_evidence("elnat", b"b") == IndexedEvidence(b"b", MAY)


async def test_a_generation_keeps_what_its_second_items_are(storage: Storage) -> None:
    """Through the next one and back; of one that says nothing, nothing is known."""
    said = SecondItems("printed_code", 3, 2**40)
    told = replace(await begin(storage), second_items=said)
    await storage.index.make_current([told], at=NOW)
    await imported(storage)
    current = await storage.index.current("elnat")
    assert current is not None
    assert current.second_items is None
    before = await storage.index.take_back("elnat", at=NOW)
    assert before is not None
    assert before.second_items == said


async def test_taking_back_returns_the_one_before(storage: Storage) -> None:
    """The former generation answers again."""
    first = await imported(storage, indexed(b"a"))
    await imported(storage, indexed(b"b"))
    back = await storage.index.take_back("elnat", at=NOW)
    assert back == replace(first, customers=1, evidence=1)
    assert await storage.index.current("elnat") == back
    assert await storage.index.nearest_customer("elnat", b"a") == indexed(b"a")
    assert await storage.index.nearest_customer("elnat", b"b") is None


async def test_there_is_not_always_one_before(storage: Storage) -> None:
    """Neither without an import, nor after the first, nor is an unfinished one taken."""
    assert await storage.index.take_back("elnat", at=NOW) is None
    await begin(storage)
    only = await imported(storage)
    assert await storage.index.take_back("elnat", at=NOW) is None
    assert await storage.index.current("elnat") == only


async def test_what_was_taken_back_does_not_come_back(storage: Storage) -> None:
    """Taking back the import after it leads to the good one, not to the bad one between."""
    good = await imported(storage, indexed(b"a"))
    await imported(storage, indexed(b"bad"))
    await storage.index.take_back("elnat", at=NOW)
    await imported(storage, indexed(b"c"))
    back = await storage.index.take_back("elnat", at=NOW)
    assert back is not None
    assert back.id == good.id


async def test_discarding_deletes_a_generation(storage: Storage) -> None:
    """It is listed no more and cannot be made current; doing it again is no error."""
    kept = await imported(storage, indexed(b"a"))
    superseded = await begin(storage)
    await storage.index.add_customers(superseded, [indexed(b"b")])
    await storage.index.discard(superseded)
    await storage.index.discard(superseded)
    assert [one.id for one in await storage.index.generations("elnat")] == [kept.id]
    assert await storage.index.known_customers(superseded, [b"b"]) == set()
    with pytest.raises(GenerationGone):
        await storage.index.make_current([superseded], at=NOW)


async def test_the_current_generation_cannot_be_discarded(storage: Storage) -> None:
    """Readers never lose what they read."""
    generation = await imported(storage, indexed(b"a"))
    with pytest.raises(GenerationGone):
        await storage.index.discard(generation)
    assert await storage.index.nearest_customer("elnat", b"a") == indexed(b"a")


async def test_numbers_are_never_used_again(storage: Storage) -> None:
    """Rows that a killed deletion left behind belong to nobody."""
    first = await begin(storage)
    await storage.index.discard(first)
    assert (await begin(storage)).id > first.id


async def test_customers_of_a_generation_are_read_in_pages(storage: Storage) -> None:
    """All of them, by key, also of one that is not current; other questions may come between."""
    generation = await begin(storage)
    keys = sorted(number.to_bytes(4, "big") for number in range(2_500))
    await storage.index.add_customers(generation, [indexed(key) for key in reversed(keys)])
    found = []
    async for customer in storage.index.customers_of(generation):
        found.append(customer.key)
        if len(found) % 1_000 == 0:
            assert await storage.index.current("elnat") is None
    assert found == keys


async def test_only_restricted_customers_are_read(storage: Storage) -> None:
    """Closed, deceased or protected ones, by key, however many others there are."""
    generation = await begin(storage)
    rows = [indexed(number.to_bytes(4, "big")) for number in range(1_200)]
    rows += [changed(indexed(b"p"), protected=True), indexed(b"d", status="deceased")]
    await storage.index.add_customers(generation, [*rows, indexed(b"c", status="closed")])
    found = [one.key async for one in storage.index.restricted_customers_of(generation)]
    assert found == [b"c", b"d", b"p"]


async def test_one_row_that_is_there_costs_no_other(storage: Storage) -> None:
    """A batch that meets an earlier one in a single key is kept whole, in or out of order."""
    generation = await begin(storage)
    keys = [number.to_bytes(4, "big") for number in range(500)]
    await storage.index.add_customers(generation, [indexed(keys[250], status="closed")])
    await storage.index.add_customers(generation, [indexed(key) for key in reversed(keys)])
    found = {one.key: one.status async for one in storage.index.customers_of(generation)}
    assert found == {key: "closed" if key == keys[250] else "active" for key in keys}


async def test_customers_are_looked_up_together(storage: Storage) -> None:
    """Those that are there, of this generation only; ten thousand keys at once."""
    generation = await imported(storage, indexed(b"a"), indexed(b"b"))
    other = await begin(storage)
    keys = [b"a", b"b", *(number.to_bytes(4, "big") for number in range(9_998))]
    found = await storage.index.customers(generation, keys)
    assert sorted(customer.key for customer in found) == [b"a", b"b"]
    assert await storage.index.known_customers(generation, keys) == {b"a", b"b"}
    assert await storage.index.known_customers(other, keys) == set()


async def test_current_customers_are_looked_up_together(storage: Storage) -> None:
    """By company, with the pepper of the generation that they stand in; any number of them."""
    await imported(storage, *(indexed(bytes([n])) for n in range(40)))
    other = await begin(storage, "varme")
    await storage.index.add_customers(other, [indexed(b"w")])
    await storage.index.make_current([other], at=NOW)
    keys = [b"w", b"unknown", *(bytes([n]) for n in range(40))]
    found = await storage.index.current_customers({"elnat", "varme", "fjarr"}, keys)
    assert set(found) == {"elnat", "varme"}
    assert found["varme"] == CurrentCustomers("2026", {b"w": indexed(b"w")})
    assert found["elnat"].customers == {bytes([n]): indexed(bytes([n])) for n in range(40)}


async def test_a_company_without_those_customers_is_there_all_the_same(storage: Storage) -> None:
    """Its pepper may be one that nobody has any more, which is not the same as not knowing them."""
    await imported(storage, indexed(b"a"))
    found = await storage.index.current_customers({"elnat"}, {b"b"})
    assert found == {"elnat": CurrentCustomers("2026", {})}


async def test_facilities_take_part(storage: Storage) -> None:
    """A customer may have several; they go with their generation."""
    generation = await begin(storage)
    await storage.index.add_facilities(generation, [(b"a", b"f1"), (b"a", b"f2"), (b"b", b"f3")])
    await storage.index.discard(generation)
    assert await storage.index.generations("elnat") == []


async def test_an_empty_batch_is_nothing(storage: Storage) -> None:
    """An import's last batch may hold no row."""
    generation = await begin(storage)
    await storage.index.add_customers(generation, [])
    await storage.index.add_evidence(generation, [])
    await storage.index.add_facilities(generation, [])
    await storage.index.make_current([generation], at=NOW + DAY)
    assert await storage.index.current("elnat") == generation


async def test_what_is_not_there_gives_its_neighbour(storage: Storage) -> None:
    """The next key of the same company's current generation: a no is as much work as a yes."""
    old = await imported(storage, indexed(b"c"))
    current = await imported(storage, indexed(b"a"), indexed(b"d"))
    assert old.id != current.id
    found = [await storage.index.nearest_customer("elnat", key) for key in (b"a", b"b", b"d")]
    assert [each.key for each in found if each] == [b"a", b"d", b"d"]
    assert await storage.index.nearest_customer("elnat", b"e") is None
    evidence = await storage.index.nearest_evidence("elnat", b"b")
    assert evidence is not None
    assert evidence.key == b"d"
