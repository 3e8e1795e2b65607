"""The contract of `TransientStore`."""

from datetime import timedelta

import pytest

from broker.storage import Retention, Storage
from broker.storage.ports import Shelf, Taken, TransientStore
from broker.storage.ports import Tombstone as Grave
from tests.contracts import workers
from tests.contracts.conftest import Contend
from tests.contracts.samples import MINUTE, SECOND, Clock

CODE, FLOW = Shelf.CODE, Shelf.FLOW
KEY = b"k" * 32


@pytest.fixture
def store(storage: Storage) -> TransientStore:
    """The port under test."""
    return storage.transient


async def test_get_returns_what_was_put(store: TransientStore) -> None:
    """A value comes back byte for byte."""
    await store.put(CODE, KEY, b"\x00\xff value", ttl=MINUTE)
    assert await store.get(CODE, KEY) == b"\x00\xff value"


async def test_put_replaces(store: TransientStore) -> None:
    """A second put stands, with its own time to live."""
    await store.put(CODE, KEY, b"old", ttl=MINUTE)
    await store.put(CODE, KEY, b"new", ttl=MINUTE)
    assert await store.get(CODE, KEY) == b"new"


async def test_shelves_are_apart(store: TransientStore) -> None:
    """A key on one shelf is unknown on every other."""
    await store.put(CODE, KEY, b"value", ttl=MINUTE)
    assert await store.get(FLOW, KEY) is None
    assert await store.take(FLOW, KEY) is None


async def test_a_value_expires(store: TransientStore, clock: Clock) -> None:
    """At its last instant a value is gone for every verb."""
    await store.put(CODE, KEY, b"value", ttl=MINUTE)
    clock.pass_by(MINUTE)
    assert await store.get(CODE, KEY) is None
    assert await store.take(CODE, KEY) is None
    assert not await store.swap(CODE, KEY, old=b"value", new=b"other")


async def test_a_value_lives_until_then(store: TransientStore, clock: Clock) -> None:
    """A moment before its time is up, a value is there."""
    await store.put(CODE, KEY, b"value", ttl=MINUTE)
    clock.pass_by(MINUTE - timedelta(microseconds=1))
    assert await store.get(CODE, KEY) == b"value"


async def test_add_has_one_winner(store: TransientStore) -> None:
    """The second add is refused and changes nothing."""
    assert await store.add(CODE, KEY, b"first", ttl=MINUTE)
    assert not await store.add(CODE, KEY, b"second", ttl=MINUTE)
    assert await store.get(CODE, KEY) == b"first"


async def test_add_may_follow_an_expired_value(store: TransientStore, clock: Clock) -> None:
    """What has expired blocks nobody."""
    await store.add(CODE, KEY, b"first", ttl=MINUTE)
    clock.pass_by(MINUTE)
    assert await store.add(CODE, KEY, b"second", ttl=MINUTE)
    assert await store.get(CODE, KEY) == b"second"


async def test_take_removes(store: TransientStore) -> None:
    """What was taken without a mark is gone."""
    await store.put(CODE, KEY, b"value", ttl=MINUTE)
    assert await store.take(CODE, KEY) == Taken(b"value")
    assert await store.take(CODE, KEY) is None
    assert await store.get(CODE, KEY) is None


async def test_take_of_nothing_leaves_nothing(store: TransientStore) -> None:
    """A made-up key gets no tombstone: strangers cannot fill the store."""
    assert await store.take(CODE, KEY, mark=b"mark", ttl=MINUTE) is None
    assert await store.take(CODE, KEY) is None
    assert await store.add(CODE, KEY, b"value", ttl=MINUTE)


async def test_every_later_take_finds_the_tombstone(store: TransientStore) -> None:
    """The first taker's mark stands, whatever later ones would leave."""
    await store.put(CODE, KEY, b"value", ttl=MINUTE)
    assert await store.take(CODE, KEY, mark=b"grant 1", ttl=MINUTE) == Taken(b"value")
    assert await store.take(CODE, KEY, mark=b"grant 2", ttl=MINUTE) == Grave(b"grant 1")
    assert await store.take(CODE, KEY) == Grave(b"grant 1")
    assert await store.take(CODE, KEY) == Grave(b"grant 1")


async def test_nothing_but_time_removes_a_tombstone(store: TransientStore, clock: Clock) -> None:
    """Neither get, add, put, swap nor drop sees or removes one."""
    await store.put(CODE, KEY, b"value", ttl=MINUTE)
    await store.take(CODE, KEY, mark=b"mark", ttl=MINUTE)
    assert await store.get(CODE, KEY) is None
    assert not await store.add(CODE, KEY, b"again", ttl=MINUTE)
    assert not await store.swap(CODE, KEY, old=b"mark", new=b"again")
    await store.put(CODE, KEY, b"again", ttl=MINUTE)
    await store.drop(CODE, KEY)
    assert await store.take(CODE, KEY) == Grave(b"mark")
    clock.pass_by(MINUTE)
    assert await store.take(CODE, KEY) is None


async def test_a_tombstone_has_its_own_time(store: TransientStore, clock: Clock) -> None:
    """It outlives the value whose place it took."""
    await store.put(CODE, KEY, b"value", ttl=SECOND)
    await store.take(CODE, KEY, mark=b"mark", ttl=MINUTE)
    clock.pass_by(30 * SECOND)
    assert await store.take(CODE, KEY) == Grave(b"mark")


@pytest.mark.parametrize(("mark", "ttl"), [(b"mark", None), (None, MINUTE)])
async def test_a_mark_needs_a_time(
    store: TransientStore, mark: bytes | None, ttl: timedelta | None
) -> None:
    """Half a tombstone is a mistake of the caller, and takes nothing."""
    await store.put(CODE, KEY, b"value", ttl=MINUTE)
    with pytest.raises(ValueError, match="go together"):
        await store.take(CODE, KEY, mark=mark, ttl=ttl)
    assert await store.get(CODE, KEY) == b"value"


async def test_swap_compares(store: TransientStore) -> None:
    """Only who knows the present value may replace it."""
    await store.put(FLOW, KEY, b"one", ttl=MINUTE)
    assert not await store.swap(FLOW, KEY, old=b"two", new=b"three")
    assert await store.swap(FLOW, KEY, old=b"one", new=b"two")
    assert await store.get(FLOW, KEY) == b"two"


async def test_swap_keeps_the_time_to_live(store: TransientStore, clock: Clock) -> None:
    """A flow does not live longer by being stepped through."""
    await store.put(FLOW, KEY, b"one", ttl=MINUTE)
    clock.pass_by(30 * SECOND)
    await store.swap(FLOW, KEY, old=b"one", new=b"two")
    clock.pass_by(30 * SECOND)
    assert await store.get(FLOW, KEY) is None


async def test_swap_of_nothing(store: TransientStore) -> None:
    """There is nothing to compare with, so nothing is stored."""
    assert not await store.swap(FLOW, KEY, old=b"", new=b"two")
    assert await store.get(FLOW, KEY) is None


async def test_count_counts_within_its_window(store: TransientStore, clock: Clock) -> None:
    """The window begins with the first and is not prolonged by later ones."""
    shelf = Shelf.CLIENT_FAILURES
    assert await store.count(shelf, KEY, window=MINUTE) == 1
    clock.pass_by(59 * SECOND)
    assert await store.count(shelf, KEY, window=MINUTE) == 2
    clock.pass_by(SECOND)
    assert await store.count(shelf, KEY, window=MINUTE) == 1


async def test_a_counter_is_no_value(store: TransientStore) -> None:
    """Counters and values under one key do not meet."""
    await store.count(CODE, KEY, window=MINUTE)
    assert await store.get(CODE, KEY) is None
    assert await store.add(CODE, KEY, b"value", ttl=MINUTE)


async def test_drop_removes_value_and_counter(store: TransientStore) -> None:
    """After a drop the key is as new."""
    await store.put(CODE, KEY, b"value", ttl=MINUTE)
    await store.count(CODE, KEY, window=MINUTE)
    await store.drop(CODE, KEY)
    assert await store.get(CODE, KEY) is None
    assert await store.count(CODE, KEY, window=MINUTE) == 1


async def test_purge_deletes_what_has_expired(storage: Storage, clock: Clock, engine: str) -> None:
    """Expired values, tombstones and counters go (from Redis by themselves); live ones stay."""
    store = storage.transient
    await store.put(CODE, b"old", b"value", ttl=SECOND)
    await store.put(CODE, b"taken", b"value", ttl=MINUTE)
    await store.take(CODE, b"taken", mark=b"mark", ttl=SECOND)
    await store.count(CODE, b"old", window=SECOND)
    await store.put(CODE, b"live", b"value", ttl=MINUTE)
    clock.pass_by(SECOND)
    purged_by_us = 0 if engine in ("redis", "valkey") else 3
    assert await storage.purge(clock.now, Retention()) == purged_by_us
    assert await store.get(CODE, b"live") == b"value"


@pytest.mark.processes
async def test_twenty_takes_have_one_winner(contend: Contend, on_shared: Storage) -> None:
    """Twenty takes of one code from four processes: one gets it."""
    await on_shared.transient.put(CODE, b"code", b"value", ttl=MINUTE)
    winners = contend(workers.take, 5)
    assert len(winners) == 20
    assert sum(winners) == 1


@pytest.mark.processes
def test_eighty_adds_have_one_winner(contend: Contend) -> None:
    """Eighty adds of one key from four processes: one is stored."""
    assert sum(contend(workers.add, 20)) == 1


@pytest.mark.processes
def test_no_count_is_lost(contend: Contend) -> None:
    """A hundred counts from four processes are one to a hundred."""
    assert sorted(contend(workers.count, 25)) == list(range(1, 101))
