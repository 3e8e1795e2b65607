"""The contract of `keys.ports.KeyStore`."""

import asyncio
import io
import zlib
from dataclasses import replace

import msgspec
import pytest

from broker.storage import Storage
from broker.storage.archive import Origin, open_backup
from broker.storage.archive.frames import FrameWriter, Kind
from broker.storage.archive.manifest import encode
from broker.storage.key_ports import StrangeKey
from keys.errors import KeyStateUnknown
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


async def written_by_a_newer_release(storage: Storage, **values: str) -> None:
    """A row as another program may write it: here a backup, in which one column is another."""
    file = io.BytesIO()
    origin = Origin("1", "https://login.example", NOW, ())
    await storage.archive.take(file, origin, with_register=True, on_progress=lambda *_: None)
    reader, newer = open_backup(io.BytesIO(file.getvalue())), io.BytesIO()
    writer = FrameWriter(newer)
    writer.write(Kind.MANIFEST, encode(reader.manifest))
    for chunk in reader.chunks():
        rows = [dict(zip(chunk.columns, row, strict=True)) for row in chunk.rows]
        rows = [row | (values if row.get("kid") == "k2" else {}) for row in rows]
        writer.write(Kind.TABLE, msgspec.msgpack.encode((chunk.table, chunk.columns)))
        packed = msgspec.msgpack.encode([tuple(row.values()) for row in rows])
        writer.write(Kind.ROWS, zlib.compress(packed))
    writer.end()
    await storage.archive.restore(
        open_backup(io.BytesIO(newer.getvalue())),
        replace=True,
        at=NOW,
        by="tester",
        on_progress=lambda *_: None,
    )


async def test_a_key_of_an_unknown_algorithm_is_left_out(storage: Storage) -> None:
    """And named, for as long as it is in use."""
    for kid in ("k1", "k2"):
        await storage.keys.add(key(kid))
    assert await storage.keys.strange() == []
    await written_by_a_newer_release(storage, algorithm="ML-DSA-44")
    assert await storage.keys.all() == [key("k1")]
    assert await storage.keys.strange() == [StrangeKey("k2", "ML-DSA-44")]
    await written_by_a_newer_release(storage, state=State.REVOKED)
    assert await storage.keys.strange() == []


async def test_an_unknown_state_stops_all(storage: Storage) -> None:
    """It may be one in which a key is good for nothing; what to do is said."""
    for kid in ("k1", "k2"):
        await storage.keys.add(key(kid))
    await written_by_a_newer_release(storage, state="suspended")
    with pytest.raises(KeyStateUnknown, match=r"k2 .*'suspended'.*use the program of the newer"):
        await storage.keys.all()


@pytest.mark.parametrize("state", set(State) - {State.REVOKED})
async def test_a_revoked_key_stays_revoked(storage: Storage, state: State) -> None:
    """Nothing brings it back; its sealed half may still be erased."""
    revoked = replace(key(state=State.REVOKED), revoked_at=NOW)
    await storage.keys.add(revoked)
    assert not await storage.keys.change(key(state=state), was=State.REVOKED)
    erased = replace(revoked, sealed_private=b"")
    assert await storage.keys.change(erased, was=State.REVOKED)
    assert await storage.keys.all() == [erased]
