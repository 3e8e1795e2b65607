"""`CustomerIndex.sealing_names`: which master keys imported registers need."""

from msgspec.structs import replace as changed

from broker.storage import Storage
from broker.storage.register_ports import Generation, IndexedCustomer
from tests.contracts.samples import NOW, indexed


async def imported(storage: Storage, *customers: IndexedCustomer) -> Generation:
    """Import these customers."""
    generation = await storage.index.open_generation("elnat", at=NOW, pepper="2026")
    await storage.index.add_customers(generation, customers)
    await storage.index.make_current([generation], at=NOW)
    return generation


async def test_every_master_key_that_seals_is_named(storage: Storage) -> None:
    """Of contacts, of those before them and of facilities, in a single row of many."""
    many = [indexed(number.to_bytes(4, "big")) for number in range(200)]
    sealed = [changed(each, sealed_contact=b"k3\0x", sealed_previous_contact=b"") for each in many]
    sealed[150] = changed(sealed[150], sealed_previous_contact=b"k1\0y")
    earlier = await imported(storage, changed(indexed(b"a"), sealed_contact=b"k0\0\0"))
    newer = await imported(storage, *sealed)
    await storage.index.add_facilities(newer, [(b"a", b"k2\0f"), (b"a", b"k3\0f"), (b"b", b"")])
    assert await storage.index.sealing_names(is_current=True) == {"k1", "k2", "k3"}
    assert await storage.index.sealing_names(is_current=False) == {"k0", "sealed before"}
    await storage.index.discard(earlier)
    assert await storage.index.sealing_names(is_current=False) == set()


async def test_a_name_that_begins_as_another_is_another(storage: Storage) -> None:
    """What is seen of `k1` hides neither `k10` nor `k`; damaged values end the look in time."""
    sealed = [b"k1\0x", b"k10\0x", b"k\0x", b"\0x", *(bytes([200, n]) for n in range(1, 80))]
    rows = [changed(indexed(bytes([n])), sealed_contact=each) for n, each in enumerate(sealed)]
    await imported(storage, *(changed(each, sealed_previous_contact=b"") for each in rows))
    assert await storage.index.sealing_names(is_current=True) >= {"k1", "k10", "k"}
