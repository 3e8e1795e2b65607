"""The contract of `LeaseStore`, and of the revision row."""

from datetime import timedelta

import pytest

from broker.storage import Storage
from broker.storage.ports import LeaseStore, StoredClient
from keys.model import State
from tests.contracts import workers
from tests.contracts.conftest import Contend
from tests.contracts.samples import MINUTE, NOW, SECOND, grant, key

HOUR = timedelta(hours=1)


@pytest.fixture
def leases(storage: Storage) -> LeaseStore:
    """The port under test."""
    return storage.leases


async def acquire(leases: LeaseStore, holder: str, *, after: timedelta = SECOND * 0) -> bool:
    """Try for a lease of a minute on hourly work, so long after the beginning."""
    return await leases.acquire("purge", holder, now=NOW + after, lasts=MINUTE, every=HOUR)


async def test_one_holds_it(leases: LeaseStore) -> None:
    """Nobody else gets it meanwhile, the holder neither."""
    assert await acquire(leases, "a")
    assert not await acquire(leases, "b", after=SECOND)
    assert not await acquire(leases, "a", after=SECOND)


async def test_leases_of_other_work_are_apart(leases: LeaseStore) -> None:
    """Each kind of work has its own."""
    assert await acquire(leases, "a")
    assert await leases.acquire("outbox", "b", now=NOW, lasts=MINUTE, every=HOUR)


async def test_what_the_dead_held_is_free_again(leases: LeaseStore) -> None:
    """When the lease has run out, and not before."""
    assert await acquire(leases, "a")
    assert not await acquire(leases, "b", after=MINUTE - SECOND)
    assert await acquire(leases, "b", after=MINUTE)


async def test_a_renewed_lease_is_kept(leases: LeaseStore) -> None:
    """Long work holds on to it."""
    assert await acquire(leases, "a")
    assert await leases.renew("purge", "a", now=NOW + 30 * SECOND, lasts=MINUTE)
    assert not await acquire(leases, "b", after=MINUTE)


async def test_what_was_taken_over_cannot_be_renewed(leases: LeaseStore) -> None:
    """A worker that was suspended learns that it is no longer its turn."""
    assert await acquire(leases, "a")
    assert await acquire(leases, "b", after=MINUTE)
    assert not await leases.renew("purge", "a", now=NOW + MINUTE, lasts=MINUTE)


async def test_done_work_is_due_an_hour_later(leases: LeaseStore) -> None:
    """For whoever comes first then."""
    assert await acquire(leases, "a")
    await leases.done("purge", "a", at=NOW + SECOND)
    assert not await acquire(leases, "b", after=HOUR)
    assert await acquire(leases, "b", after=HOUR + SECOND)


async def test_a_release_without_success_leaves_it_due(leases: LeaseStore) -> None:
    """But not at once, so that what fails is not tried without pause."""
    assert await acquire(leases, "a")
    await leases.release("purge", "a", again_at=NOW + MINUTE)
    assert not await acquire(leases, "b", after=30 * SECOND)
    assert await acquire(leases, "b", after=MINUTE)


@pytest.mark.processes
def test_of_four_processes_one_has_it(contend: Contend) -> None:
    """However often each tries at once."""
    assert sum(bool(won) for won in contend(workers.acquire, 10)) == 1


async def test_a_change_of_keys_is_counted(storage: Storage) -> None:
    """Adding and changing alike; clients' number stays."""
    before = await storage.revisions.read()
    await storage.keys.add(key("k1"))
    await storage.keys.change(key("k1", state=State.SIGNING), was=State.ANNOUNCED)
    after = await storage.revisions.read()
    assert (after.keys > before.keys, after.clients) == (True, before.clients)


async def test_a_change_of_clients_is_counted(storage: Storage) -> None:
    """Adding and removing alike; keys' number stays."""
    first = await storage.revisions.read()
    await storage.clients.add(StoredClient("one", "{}", NOW))
    second = await storage.revisions.read()
    await storage.clients.remove("one")
    third = await storage.revisions.read()
    assert first.clients < second.clients < third.clients
    assert first.keys == third.keys


async def test_nothing_else_counts(storage: Storage) -> None:
    """What nobody holds in memory is read anew anyway."""
    before = await storage.revisions.read()
    await storage.grants.redeem(grant())
    after = await storage.revisions.read()
    assert (after.keys, after.clients) == (before.keys, before.clients)
