"""A worker that nobody counts holds up no key, so it must publish what there is before it signs."""

from functools import partial

from broker.storage.key_ports import NOTHING_YET
from broker.storage.ports import Revision
from broker.storage.sql.workers import COUNTED_FOR
from broker.telemetry.log import FollowingFailed
from tests.broker.chores.follower import Worker

FORGOTTEN_AFTER = COUNTED_FOR.total_seconds()


async def silent_for(seconds: float) -> Worker:
    """A worker that has looked once, and then was suspended for so long."""
    worker = Worker()
    await worker.following.look()
    worker.wait(seconds)
    worker.be_right()
    return worker


async def test_who_was_forgotten_begins_anew() -> None:
    """It says that it publishes nothing before it reads the ring.

    Else a key that is announced after that would sign before this worker has said anything.
    """
    worker = await silent_for(FORGOTTEN_AFTER)
    said_before: list[tuple[str, int]] = []
    worker.row.meanwhile = lambda: said_before.extend(worker.shown.said)
    await worker.following.look()
    assert said_before == [("me", 1), ("me", NOTHING_YET)]
    assert worker.shown.said == [*said_before, ("me", 1)]
    assert worker.following.knows


async def test_who_is_still_counted_goes_on() -> None:
    """To begin anew would hold up a rotation."""
    worker = await silent_for(FORGOTTEN_AFTER - 1)
    await worker.following.look()
    assert worker.shown.said == [("me", 1), ("me", 1)]
    assert worker.following.knows


async def test_when_the_database_has_its_clock_set_back_it_begins_anew() -> None:
    """What it has said is in the future now, and does not count: the ring is read once more."""
    worker = await silent_for(1)
    await worker.following.look()
    worker.wait(-2)
    worker.be_right()
    worker.row.meanwhile = lambda: setattr(worker.row, "now", Revision(2, 1, worker.now))
    await worker.following.look()
    assert worker.shown.said == [("me", 1), ("me", NOTHING_YET), ("me", 2)]
    assert worker.following.knows
    await worker.following.look()
    assert len(worker.shown.said) == 3


async def test_who_is_forgotten_while_it_looks_must_look_again() -> None:
    """It has read the ring, and could not say so before nobody counted it."""
    worker = await silent_for(FORGOTTEN_AFTER - 1)
    worker.shown.meanwhile = partial(worker.wait, 1)
    await worker.following.look()
    assert not worker.following.knows
    assert worker.log.events == [FollowingFailed("Uncounted")]
    await worker.following.look()
    assert worker.following.knows
