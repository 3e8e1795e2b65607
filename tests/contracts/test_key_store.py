"""The contract of `keys.ports.KeyStore`."""

import asyncio
from dataclasses import replace

import pytest

from broker.storage import Storage
from keys.model import State
from tests.contracts.samples import DAY, MINUTE, NOW, key


async def test_keys_come_back_whole_and_oldest_first(storage: Storage) -> None:
    """With every date of their life."""
    old = replace(
        key("old", state=State.REVOKED, age=2 * DAY),
        signing_from=NOW - DAY,
        retiring_from=NOW,
        removed_at=NOW + DAY,
        revoked_at=NOW + MINUTE,
    )
    assert await storage.keys.add(key("new"))
    assert await storage.keys.add(old)
    assert await storage.keys.all() == [old, key("new")]


async def test_a_kid_is_taken_once(storage: Storage) -> None:
    """The first record stands."""
    await storage.keys.add(key())
    assert not await storage.keys.add(key(state=State.SIGNING))
    assert await storage.keys.all() == [key()]


async def test_change_needs_the_state_that_was(storage: Storage) -> None:
    """Who decided on an older state is told so."""
    await storage.keys.add(key())
    signing = replace(key(state=State.SIGNING), signing_from=NOW)
    assert not await storage.keys.change(signing, was=State.RETIRING)
    assert await storage.keys.change(signing, was=State.ANNOUNCED)
    assert await storage.keys.all() == [signing]


async def test_change_has_one_winner(storage: Storage) -> None:
    """Twenty tasks that move one key on: one does."""
    await storage.keys.add(key())
    signing = key(state=State.SIGNING)
    moved = await asyncio.gather(
        *(storage.keys.change(signing, was=State.ANNOUNCED) for _ in range(20))
    )
    assert sum(moved) == 1


async def test_a_key_that_is_not_there_cannot_change(storage: Storage) -> None:
    """Changing does not add."""
    assert not await storage.keys.change(key(state=State.SIGNING), was=State.ANNOUNCED)
    assert await storage.keys.all() == []


@pytest.mark.parametrize("state", set(State) - {State.REVOKED})
async def test_a_revoked_key_stays_revoked(storage: Storage, state: State) -> None:
    """Nothing brings it back; its sealed half may still be erased."""
    revoked = replace(key(state=State.REVOKED), revoked_at=NOW)
    await storage.keys.add(revoked)
    assert not await storage.keys.change(key(state=state), was=State.REVOKED)
    erased = replace(revoked, sealed_private=b"")
    assert await storage.keys.change(erased, was=State.REVOKED)
    assert await storage.keys.all() == [erased]
