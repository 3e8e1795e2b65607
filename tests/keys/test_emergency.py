"""When a key is known to somebody else."""

from dataclasses import replace

import pytest

from keys import (
    Algorithm,
    Emergency,
    KeyRecord,
    Leak,
    MasterKey,
    MasterKeysInvalid,
    NoSuchKey,
    Rotation,
    Scope,
    Seal,
    State,
    after,
    load_ring,
)
from keys.sealing import opened, sealed
from tests.keys.conftest import MASTER, NOW, RingInMemory, workshop
from tests.keys.test_plan import DAY, SCHEDULE
from tests.keys.test_rotation import one

NEW_MASTER = MasterKey("2026-b", bytes(range(32, 64)))
ALGORITHMS = tuple(Algorithm)


@pytest.fixture
def emergency(full: RingInMemory, seal: Seal) -> Emergency:
    """Of a first key and a spare of each algorithm."""
    return Emergency(workshop(full, seal))


async def test_the_spare_signs_in_the_same_moment(emergency: Emergency, full: RingInMemory) -> None:
    """It was announced for just this; and another spare is announced."""
    leaked, spare = one(full, State.SIGNING), one(full, State.ANNOUNCED)
    leak = Leak(Scope.KEY, frozenset({leaked.kid}))
    assert after(list(full.records.values()), leak) == (spare,)
    done = await emergency.revoke(leak, now=NOW, why="found on a disk")
    assert [each.kid for each in done.revoked] == [leaked.kid]
    assert [each.kid for each in done.signing] == [spare.kid]
    assert done.waiting == ()
    assert one(full, State.REVOKED).sealed_private == b""
    assert one(full, State.ANNOUNCED).kid not in {leaked.kid, spare.kid}
    assert ("revoked", leaked.kid, "found on a disk") in full.noted


async def test_a_leaked_spare_is_replaced(emergency: Emergency, full: RingInMemory) -> None:
    """Who signs goes on."""
    signing, spare = one(full, State.SIGNING), one(full, State.ANNOUNCED)
    done = await emergency.revoke(Leak(Scope.KEY, frozenset({spare.kid})), now=NOW, why="test")
    assert [each.kid for each in done.signing] == [signing.kid]
    assert one(full, State.ANNOUNCED).kid != spare.kid


async def test_with_both_a_fresh_key_waits_for_every_worker(
    emergency: Emergency, full: RingInMemory, seal: Seal
) -> None:
    """Then it signs, young as it is: that is better than nothing."""
    both = frozenset({one(full, State.SIGNING).kid, one(full, State.ANNOUNCED).kid})
    done = await emergency.revoke(Leak(Scope.KEY, both), now=NOW, why="test")
    assert done.signing == ()
    assert [each.kid for each in done.waiting] == [one(full, State.ANNOUNCED).kid]

    rotation = Rotation(workshop(full, seal), SCHEDULE, [Algorithm.ES256])
    full.behind_now = ("machine-a/1",)
    await rotation.turn(now=NOW)
    assert full.in_state(State.SIGNING, Algorithm.ES256) == []
    full.behind_now = ()
    await rotation.turn(now=NOW)
    assert one(full, State.SIGNING).kid == done.waiting[0].kid


async def test_a_spare_that_some_worker_does_not_publish_waits(
    emergency: Emergency, full: RingInMemory
) -> None:
    """Even now nothing is signed that another machine's JWK Set cannot check."""
    full.behind_now = ("machine-b/7",)
    leak = Leak(Scope.KEY, frozenset({one(full, State.SIGNING).kid}))
    done = await emergency.revoke(leak, now=NOW, why="test")
    assert (done.signing, len(done.waiting)) == ((), 1)


async def test_a_leaked_store_takes_every_key(
    emergency: Emergency, full: RingInMemory, made: tuple[KeyRecord, ...]
) -> None:
    """All that were in it, also those that retire; a fresh one of each algorithm is announced."""
    done = await emergency.revoke(Leak(Scope.STORE), now=NOW, why="test")
    assert {each.kid for each in done.revoked} == {each.kid for each in made}
    assert [each.algorithm for each in done.waiting] == sorted(ALGORITHMS)
    assert done.signing == ()


async def test_a_leaked_master_key_takes_what_it_sealed(
    full: RingInMemory, made: tuple[KeyRecord, ...]
) -> None:
    """The fresh keys are sealed by the new one, which must be there first."""
    leak = Leak(Scope.MASTER, frozenset({MASTER.name}))
    with pytest.raises(MasterKeysInvalid, match="newer one first"):
        await Emergency(workshop(full, Seal([MASTER]))).revoke(leak, now=NOW, why="test")
    both = Seal([NEW_MASTER, MASTER])
    done = await Emergency(workshop(full, both)).revoke(leak, now=NOW, why="test")
    assert {each.kid for each in done.revoked} == {each.kid for each in made}
    assert {each.master_key for each in done.waiting} == {NEW_MASTER.name}
    await load_ring(full, ALGORITHMS, Seal([NEW_MASTER]))


async def test_what_another_master_key_seals_stays(full: RingInMemory) -> None:
    """And signs at once, where only the spare is sealed by the new one."""
    seal, spare = Seal([NEW_MASTER, MASTER]), one(full, State.ANNOUNCED)
    full.records[spare.kid] = sealed(spare, opened(spare, seal), seal)
    leak = Leak(Scope.MASTER, frozenset({MASTER.name}))
    done = await Emergency(workshop(full, seal)).revoke(leak, now=NOW, why="test")
    assert [each.kid for each in done.signing] == [spare.kid]


async def test_a_revoked_key_stays_revoked(emergency: Emergency, full: RingInMemory) -> None:
    """Nothing brings it back, nor is it revoked twice."""
    leaked = one(full, State.SIGNING)
    leak = Leak(Scope.KEY, frozenset({leaked.kid}))
    await emergency.revoke(leak, now=NOW, why="test")
    assert (await emergency.revoke(leak, now=NOW + DAY, why="test")).revoked == ()
    rotation = Rotation(emergency.shop, SCHEDULE, ALGORITHMS)
    await rotation.turn(now=NOW + 400 * DAY)
    assert full.records[leaked.kid].state is State.REVOKED


async def test_who_is_revoked_already_keeps_nobody_in(
    emergency: Emergency, full: RingInMemory
) -> None:
    """Two officers, of whom one names one key more; but a kid that never was is a slip."""
    first, second = one(full, State.SIGNING), one(full, State.ANNOUNCED)
    await emergency.revoke(Leak(Scope.KEY, frozenset({first.kid})), now=NOW, why="test")
    both = Leak(Scope.KEY, frozenset({first.kid, second.kid}))
    done = await emergency.revoke(both, now=NOW, why="test")
    assert [each.kid for each in done.revoked] == [second.kid]
    with pytest.raises(NoSuchKey):
        await emergency.revoke(Leak(Scope.KEY, frozenset({"nobody's"})), now=NOW, why="test")


async def test_what_came_after_the_look_at_the_store_stays(
    emergency: Emergency, full: RingInMemory, made: tuple[KeyRecord, ...]
) -> None:
    """Somebody else's fresh keys were not in the copy that has leaked."""
    seen = Leak(Scope.STORE, frozenset(each.kid for each in made))
    first = await emergency.revoke(seen, now=NOW, why="test")
    second = await emergency.revoke(seen, now=NOW, why="test")
    assert (len(first.revoked), second.revoked) == (len(made), ())


async def test_a_record_that_somebody_wrote_never_signs(
    emergency: Emergency, full: RingInMemory
) -> None:
    """What is revoked goes all the same, and a fresh key comes."""
    leaked, spare = one(full, State.SIGNING), one(full, State.ANNOUNCED)
    full.records[spare.kid] = replace(spare, sealed_private=b"written by somebody")
    leak = Leak(Scope.KEY, frozenset({leaked.kid}))
    done = await emergency.revoke(leak, now=NOW, why="test")
    assert [each.kid for each in done.revoked] == [leaked.kid]
    assert full.records[spare.kid].state is State.ANNOUNCED
    await emergency.revoke(Leak(Scope.KEY, frozenset({spare.kid})), now=NOW, why="test")
    assert spare.kid not in {each.kid for each in full.records.values() if each.sealed_private}
    await load_ring(full, ALGORITHMS, emergency.shop.seal)
