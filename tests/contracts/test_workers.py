"""The contract of `broker.storage.key_ports`: who publishes which ring, and who fetched it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from broker.storage import Storage
from broker.storage.key_ports import Fetches
from broker.storage.sql.key_fetches import AT_MOST, KEPT
from broker.storage.sql.tables_keys import workers
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.workers import AHEAD_AT_MOST, COUNTED_FOR, SqlWorkers
from tests.contracts.samples import DAY, MINUTE, NOW, SECOND, Clock, key

FIVE = timedelta(minutes=5)


async def test_who_shows_the_newest_ring_is_not_behind(storage: Storage) -> None:
    """A change of keys puts everybody behind until they show it."""
    await storage.workers.show("a", 0)
    await storage.workers.show("b", 0)
    assert await storage.workers.behind() == []
    await storage.keys.add(key())
    assert await storage.workers.behind() == ["a", "b"]
    await storage.workers.show("b", (await storage.revisions.read()).keys)
    assert await storage.workers.behind() == ["a"]
    assert await storage.workers.alive() == ["a", "b"]


async def test_who_shows_a_newer_ring_than_there_is_is_behind(storage: Storage) -> None:
    """A backup was restored: what that worker publishes is not there any more."""
    await storage.workers.show("a", (await storage.revisions.read()).keys + 1)
    assert await storage.workers.behind() == ["a"]


async def test_who_has_which_master_key(storage: Storage) -> None:
    """As each worker said last; one that said nothing has none."""
    await storage.workers.show("a", 0, ("k02 beef", "k01 cafe"))
    await storage.workers.show("b", 0, ("k02 dead", "k01 cafe"))
    await storage.workers.show("c", 0)
    assert await storage.workers.without("k01 cafe") == ["c"]
    assert await storage.workers.without("k02 beef") == ["b", "c"]
    await storage.workers.show("b", 0, ("k02 beef",))
    await storage.workers.leave("c")
    assert await storage.workers.without("k02 beef") == []
    assert await storage.workers.without("k01 cafe") == ["b"]


async def test_a_change_is_seen_in_its_own_transaction(storage: Storage) -> None:
    """Who asks in the middle of it is told that nobody shows that yet."""
    await storage.workers.show("a", 0)
    async with storage.transaction():
        assert await storage.workers.behind() == []
        await storage.keys.add(key())
        assert await storage.workers.behind() == ["a"]


async def test_who_leaves_is_not_waited_for(storage: Storage) -> None:
    """Nor who was never there."""
    await storage.workers.show("a", -1)
    assert await storage.workers.behind() == ["a"]
    await storage.workers.leave("a")
    await storage.workers.leave("b")
    assert await storage.workers.alive() == await storage.workers.behind() == []


async def test_who_is_heard_of_no_more_is_forgotten(
    storage: Storage, clock: Clock, engine: str
) -> None:
    """Not before they have stopped using what they had seen."""
    if engine == "postgresql":
        pytest.skip("its clock is its own")
    await storage.workers.show("a", -1)
    clock.pass_by(COUNTED_FOR - SECOND)
    assert await storage.workers.behind() == ["a"]
    clock.pass_by(SECOND)
    assert await storage.workers.behind() == []
    await storage.workers.show("b", 0)
    assert await storage.workers.alive() == ["b"]


async def test_who_is_heard_of_no_more_needs_no_master_key(
    storage: Storage, clock: Clock, engine: str
) -> None:
    """Nobody can give it one."""
    if engine == "postgresql":
        pytest.skip("its clock is its own")
    await storage.workers.show("a", 0)
    clock.pass_by(COUNTED_FOR)
    assert await storage.workers.without("k01 cafe") == []


async def test_who_was_heard_of_in_the_future_does_not_count(storage: Storage) -> None:
    """The database's clock was set back: a worker that has died would count for as long as that.

    Whoever writes next deletes it; one that lives says so again.
    """
    await storage.workers.show("a", -1)
    await storage.workers.show("b", -1)
    async with transaction_of(storage).writing() as connection:
        later = (await storage.revisions.read()).clock + timedelta(hours=1)
        await connection.execute(update(workers).values(heard_at=later))
    assert await storage.workers.alive() == await storage.workers.behind() == []
    assert await storage.workers.without("k01 cafe") == []
    await storage.workers.show("b", -1)
    assert await storage.workers.alive() == ["b"]
    async with transaction_of(storage).reading() as connection:
        assert (await connection.execute(select(workers.c.name))).scalars() == ["b"]


def transaction_of(storage: Storage) -> SqlTransaction:
    """What opens the table of workers."""
    assert isinstance(storage.workers, SqlWorkers)
    return storage.workers._transaction


async def test_a_clock_may_be_set_back_a_little(
    storage: Storage, clock: Clock, engine: str
) -> None:
    """As it is set right on any day: nobody stops counting for that."""
    if engine == "postgresql":
        pytest.skip("its clock is its own")
    await storage.workers.show("a", -1)
    clock.pass_by(-AHEAD_AT_MOST)
    assert await storage.workers.behind() == ["a"]
    clock.pass_by(-timedelta(microseconds=1))
    assert await storage.workers.behind() == []


def fetches(consumer: str = "billing") -> Fetches:
    """Three fetches within ten minutes."""
    return Fetches(consumer, 3, NOW, NOW + 2 * FIVE, longest=FIVE)


async def test_the_time_is_that_of_all(storage: Storage) -> None:
    """The same as is told with the revision."""
    before = (await storage.revisions.read()).clock
    assert before <= await storage.workers.time() <= (await storage.revisions.read()).clock


async def test_fetches_are_kept(storage: Storage) -> None:
    """Who fetched last stands first."""
    later = replace(fetches("invoices"), last_at=NOW + DAY)
    await storage.key_fetches.note([fetches(), later])
    assert await storage.key_fetches.all() == [later, fetches()]


async def test_fetches_add_up(storage: Storage) -> None:
    """The longest time between two may lie between two notes; one fetch alone has none."""
    alone = Fetches("billing", 1, NOW, NOW)
    await storage.key_fetches.note([alone])
    assert await storage.key_fetches.all() == [alone]
    after = NOW + 20 * MINUTE
    await storage.key_fetches.note([Fetches("billing", 2, after, after + MINUTE, MINUTE)])
    [found] = await storage.key_fetches.all()
    assert found == Fetches("billing", 3, NOW, after + MINUTE, 20 * MINUTE)


async def test_what_another_worker_noted_meanwhile_adds_up_too(storage: Storage) -> None:
    """Its time may lie before what is known."""
    await storage.key_fetches.note([fetches()])
    await storage.key_fetches.note([Fetches("billing", 1, NOW + MINUTE, NOW + MINUTE)])
    [found] = await storage.key_fetches.all()
    assert found == replace(fetches(), count=4)


async def test_nothing_is_lost_between_two_who_note_at_once(storage: Storage) -> None:
    """Each adds to what the other has written."""
    once = Fetches("billing", 1, NOW, NOW)
    await storage.key_fetches.note([once])
    await asyncio.gather(*(storage.key_fetches.note([once]) for _ in range(8)))
    [found] = await storage.key_fetches.all()
    assert found.count == 9


async def test_names_do_not_fill_the_table(storage: Storage) -> None:
    """Anybody may fetch under any name: the oldest gives way, but no regular for a newcomer."""
    regular = Fetches("a regular", 2, NOW - 2 * DAY, NOW - DAY, DAY)
    await storage.key_fetches.note([regular])
    await storage.key_fetches.note([fetches(f"c{number:05}") for number in range(AT_MOST)])
    await storage.key_fetches.note([fetches("newest"), regular])
    found = {each.consumer: each.count for each in await storage.key_fetches.all()}
    assert len(found) == AT_MOST
    assert (found["a regular"], found["newest"]) == (4, 3)


async def test_regulars_give_way_to_nobody(storage: Storage) -> None:
    """Not even where the table has no other."""
    days = [Fetches(f"c{number:05}", 2, NOW, NOW + DAY, DAY) for number in range(AT_MOST)]
    await storage.key_fetches.note(days)
    await storage.key_fetches.note([fetches("newest")])
    assert "newest" not in {each.consumer for each in await storage.key_fetches.all()}


async def test_a_registered_service_finds_room_in_a_crowd_of_regulars(storage: Storage) -> None:
    """In the place of the one that was seen longest ago; then it gives way to nobody."""
    days = [Fetches(f"c{number:05}", 2, NOW, NOW + DAY, DAY) for number in range(AT_MOST)]
    days[7] = replace(days[7], first_at=NOW - DAY, last_at=NOW)
    await storage.key_fetches.note(days)
    names = frozenset({"billing"})
    await storage.key_fetches.note([fetches("a newcomer"), fetches()], registered=names)
    found = {each.consumer for each in await storage.key_fetches.all()}
    assert found == {each.consumer for each in days} - {"c00007"} | {"billing"}
    await storage.key_fetches.note([fetches("a newcomer")], registered=names)
    assert {each.consumer for each in await storage.key_fetches.all()} == found


async def test_there_is_room_for_all_that_are_registered(storage: Storage) -> None:
    """However many the configuration has."""
    names = frozenset(f"c{number:05}" for number in range(AT_MOST + 1))
    await storage.key_fetches.note([fetches(name) for name in names], registered=names)
    assert {each.consumer for each in await storage.key_fetches.all()} == names


async def test_who_fetches_no_more_is_forgotten(storage: Storage) -> None:
    """After a month."""
    await storage.key_fetches.note([fetches()])
    assert await storage.key_fetches.purge(NOW + KEPT) == 0
    assert await storage.key_fetches.purge(NOW + 2 * FIVE + KEPT) == 1
    assert await storage.key_fetches.all() == []
