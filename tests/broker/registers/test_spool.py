"""The spool: everything comes out again, in the order of the keys, wherever it waited."""

import tracemalloc
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from broker.registers.spool import Spool
from broker.storage.errors import StorageUnavailable


class Waiting(NamedTuple):
    """A row of a key and two things besides."""

    key: bytes
    place: int
    rest: bytes | None


def some(count: int) -> list[Waiting]:
    """So many rows, every key twice, in no order."""
    chance = Random(7)  # noqa: S311
    keys = [chance.randbytes(16) for _ in range(count // 2)]
    rows = [Waiting(key, place, key[:3]) for place, key in enumerate(keys * 2)]
    chance.shuffle(rows)
    return rows


@pytest.mark.parametrize("room", [10_000, 100, 0])
def test_rows_come_out_in_the_order_of_their_keys(room: int, tmp_path: Path) -> None:
    """Those of one key by what follows it; from memory and from the file alike."""
    rows = some(1_000)
    with Spool(Waiting, room=room, folder=tmp_path) as spool:
        drawers = spool.drawers()
        for start in range(0, len(rows), 150):
            drawers.put(rows[start : start + 150])
        assert drawers.count == 1_000
        assert list(drawers.take()) == sorted(rows)


def most_held(count: int) -> int:
    """Spool so many rows that all fall into one drawer; the bytes that it took at most."""
    chance = Random(7)  # noqa: S311
    tracemalloc.start()
    try:
        with Spool(Waiting, room=500) as spool:
            drawers = spool.drawers()
            for place in range(count):
                key = bytes([0, chance.randrange(64)]) + chance.randbytes(14)
                drawers.put([Waiting(key, place, None)])
            assert sum(1 for _ in drawers.take()) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_a_drawer() -> None:
    """Neither what waits nor what is taken: a drawer that is too much at once comes in parts."""
    assert most_held(16_000) < 3 * most_held(1_000)


def test_sets_of_drawers_do_not_mix() -> None:
    """What one company's took goes to the file together with the other's, and comes back apart."""
    rows = some(400)
    with Spool(Waiting, room=50) as spool:
        one, other = spool.drawers(), spool.drawers()
        one.put(rows[:200])
        other.put(rows[200:])
        assert list(one.take()) == sorted(rows[:200])
        assert list(other.take()) == sorted(rows[200:])


def test_the_file_has_no_name(tmp_path: Path) -> None:
    """Nothing is left to be found, even by a process that is killed."""
    with Spool(Waiting, room=0, folder=tmp_path) as spool:
        spool.drawers().put(some(10))
        assert list(tmp_path.iterdir()) == []


def test_without_room_to_sort_the_storage_is_unavailable(tmp_path: Path) -> None:
    """A full or missing folder is told as what it is."""
    with Spool(Waiting, room=0, folder=tmp_path / "gone") as spool:
        drawers = spool.drawers()
        with pytest.raises(StorageUnavailable):
            drawers.put(some(10))
