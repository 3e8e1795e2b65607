"""Private keys move under the newest master key."""

import pytest

from keys import (
    Algorithm,
    KeyRecord,
    Leak,
    MasterKey,
    Scope,
    Seal,
    State,
    compromised,
    load_ring,
    rewrap,
)
from keys.errors import MasterKeyMissing
from tests.keys.conftest import MASTER, NOW, RingInMemory, workshop

NEW = MasterKey("2026-b", bytes(range(32, 64)))


async def test_all_that_sign_or_will_are_moved(
    full: RingInMemory, made: tuple[KeyRecord, ...]
) -> None:
    """Then the older master key can be given up; a second time there is nothing to do."""
    shop = workshop(full, Seal([NEW, MASTER]))
    moved = await rewrap(shop, now=NOW, why="a yearly change")
    assert {each.kid for each in moved} == {each.kid for each in made}
    assert {deed for deed, _, _ in full.noted} == {"rewrapped"}
    await load_ring(full, list(Algorithm), Seal([NEW]))
    assert await rewrap(shop, now=NOW, why="again") == ()


async def test_a_copy_from_before_still_opens_with_the_old_one(full: RingInMemory) -> None:
    """So a leak of that one takes the keys all the same."""
    shop = workshop(full, Seal([NEW, MASTER]))
    moved = await rewrap(shop, now=NOW, why="a yearly change")
    leak = Leak(Scope.MASTER, frozenset({MASTER.name}))
    assert set(compromised(list(full.records.values()), leak)) == set(moved)


async def test_a_retiring_key_is_vouched_for_anew(
    full: RingInMemory, made: tuple[KeyRecord, ...]
) -> None:
    """So that it stays published without the old master key; what is gone has nothing to move."""
    retiring, revoked, *_ = (each for each in made if each.state is State.SIGNING)
    old = workshop(full, Seal([MASTER]))
    await old.moved(retiring, State.RETIRING, at=NOW)
    await old.moved(revoked, State.REVOKED, at=NOW)
    moved = await rewrap(workshop(full, Seal([NEW, MASTER])), now=NOW, why="test")
    assert retiring.kid in {each.kid for each in moved}
    assert revoked.kid not in {each.kid for each in moved}
    assert retiring.kid in (await load_ring(full, [], Seal([NEW]))).public


async def test_without_the_old_master_key_it_says_so(full: RingInMemory) -> None:
    """By name."""
    with pytest.raises(MasterKeyMissing, match="2026-a"):
        await rewrap(workshop(full, Seal([NEW])), now=NOW, why="test")
