"""The contract of `ClientStore`."""

from broker.storage import Storage
from broker.storage.ports import StoredClient
from tests.contracts.samples import MINUTE, NOW

FIRST = StoredClient("first", '{"name": "Första"}', NOW)
SECOND = StoredClient("second", "{}", NOW + MINUTE)


async def test_an_added_client_is_found(storage: Storage) -> None:
    """It comes back whole."""
    assert await storage.clients.add(FIRST)
    assert await storage.clients.find("first") == FIRST
    assert await storage.clients.find("First") is None


async def test_a_client_id_is_taken_once(storage: Storage) -> None:
    """The first one stands."""
    await storage.clients.add(FIRST)
    assert not await storage.clients.add(StoredClient("first", "{}", NOW))
    assert await storage.clients.find("first") == FIRST


async def test_all_are_listed_oldest_first(storage: Storage) -> None:
    """Whatever order they were added in."""
    await storage.clients.add(SECOND)
    await storage.clients.add(FIRST)
    assert await storage.clients.all() == [FIRST, SECOND]


async def test_a_removed_client_is_gone(storage: Storage) -> None:
    """It is removed once."""
    await storage.clients.add(FIRST)
    assert await storage.clients.remove("first")
    assert not await storage.clients.remove("first")
    assert await storage.clients.find("first") is None
