"""A change by one worker reaches the others, and a worker that is cut off says so."""

from datetime import timedelta
from functools import partial

import pytest

from broker.chores.following import KNOWS_FOR_SECONDS, SAYS_SO_EVERY_SECONDS
from broker.storage.errors import StorageUnavailable
from broker.storage.key_ports import NOTHING_YET
from broker.storage.ports import Revision, StoredClient
from broker.telemetry.log import ClockApart, FollowingFailed
from keys import RingNotOpened, State
from keys.ring import move, signing_key
from tests.broker.chores.follower import NOW, Worker
from tests.house import ISSUER, TestHouse


@pytest.mark.parametrize(
    ("revision", "expected"),
    [
        (Revision(1, 1, NOW), []),
        (Revision(2, 1, NOW), ["keys"]),
        (Revision(1, 2, NOW), ["clients"]),
        (Revision(2, 2, NOW), ["clients", "keys"]),
        (Revision(0, 1, NOW), ["keys"]),
    ],
)
async def test_what_was_changed_is_read_anew_once(revision: Revision, expected: list[str]) -> None:
    """Also when the number went down: a database was restored."""
    worker = Worker()
    worker.row.now = revision
    await worker.following.look()
    await worker.following.look()
    assert worker.calls == expected


async def test_a_worker_that_is_cut_off_no_longer_knows() -> None:
    """After some seconds, until it can ask again."""
    worker = Worker()
    assert not worker.following.knows
    await worker.following.look()
    assert worker.following.knows
    worker.row.now = None
    worker.watch.now = KNOWS_FOR_SECONDS
    await worker.following.look()
    assert not worker.following.knows
    assert worker.log.events == [FollowingFailed("StorageUnavailable")]
    worker.row.now = Revision(1, 1, NOW)
    await worker.following.look()
    assert worker.following.knows


async def test_what_was_seen_is_as_old_as_the_question() -> None:
    """The ring may have been changed right after it was read, however late the answer comes."""
    worker = Worker()
    worker.row.meanwhile = partial(worker.wait, 10)
    await worker.following.look()
    worker.watch.now = KNOWS_FOR_SECONDS - 0.1
    assert worker.following.knows
    worker.watch.now = KNOWS_FOR_SECONDS
    assert not worker.following.knows


async def test_a_fault_does_not_end_the_following() -> None:
    """A worker that stopped asking would never be ready again."""
    worker = Worker()
    worker.row.fault = TimeoutError()
    await worker.following.look()
    assert worker.log.events == [FollowingFailed("TimeoutError")]


async def test_it_says_which_ring_it_publishes() -> None:
    """At once after a change, else every few seconds."""
    worker = Worker()
    for seconds, ring in ((0.0, 1), (1.0, 1), (2.0, 2), (3.0, 2), (7.0, 2), (8.0, 2)):
        worker.watch.now, worker.row.now = seconds, Revision(ring, 1, NOW)
        await worker.following.look()
    assert worker.shown.said == [("me", 1), ("me", 2), ("me", 2)]
    assert SAYS_SO_EVERY_SECONDS == 5
    assert worker.shown.masters == ("k01 cafe",)


async def test_who_cannot_open_a_changed_ring_uses_the_old_one_no_more() -> None:
    """What it was may have been revoked. The log says in one line why it cannot."""
    worker = Worker()
    await worker.following.look()

    async def closed() -> None:
        raise RingNotOpened(
            [("a key", "no master key"), ("another", "no master key"), ("a third", "changed")]
        )

    worker.following._reload_keys = closed
    worker.row.now = Revision(2, 1, NOW)
    await worker.following.look()
    assert not worker.following.knows
    assert worker.log.events == [
        FollowingFailed(
            "RingNotOpened",
            "signing keys cannot be opened: no master key; so it is with a key, another"
            " | changed; so it is with a third",
        )
    ]


async def test_who_cannot_open_a_changed_ring_keeps_nobody_waiting() -> None:
    """It leaves, and says that it publishes nothing yet before each time that it tries again."""
    worker = Worker()
    await worker.following.look()

    async def closed() -> None:
        raise RingNotOpened([("a key", "no master key")])

    opens, worker.following._reload_keys = worker.following._reload_keys, closed
    worker.row.now = Revision(2, 1, NOW)
    for _ in range(2):
        await worker.following.look()
    assert worker.shown.left == ["me", "me"]
    assert worker.shown.said == [("me", 1), ("me", NOTHING_YET)]
    worker.following._reload_keys = opens
    await worker.following.look()
    assert worker.following.knows
    assert worker.shown.said[2:] == [("me", NOTHING_YET), ("me", 2)]


async def test_who_cannot_say_so_does_not_know() -> None:
    """Nobody would wait for it: it must not go on for longer than it is counted."""
    worker = Worker()
    worker.shown.fault = StorageUnavailable()
    await worker.following.look()
    assert not worker.following.knows


@pytest.mark.parametrize(("apart", "knows"), [(-6, False), (-5, True), (5, True), (6, False)])
async def test_who_has_another_time_than_the_database_does_not_know(
    apart: int, knows: bool
) -> None:
    """Its tokens would begin or end at the wrong time."""
    worker = Worker()
    await worker.following.look()
    worker.now = NOW + timedelta(seconds=apart)
    await worker.following.look()
    assert worker.following.knows is knows
    assert (ClockApart(abs(apart)) in worker.log.events) is not knows


@pytest.mark.parametrize(
    ("read_after", "expected"),
    [(-6, [ClockApart(6)]), (-5, []), (0, []), (5.5, []), (16, []), (17, [ClockApart(6)])],
)
async def test_a_slow_database_is_no_wrong_clock(read_after: float, expected: list[object]) -> None:
    """Its clock was read at some time between question and answer, which are 11 seconds apart."""
    worker = Worker()
    worker.row.now = Revision(1, 1, NOW + timedelta(seconds=read_after))
    worker.row.meanwhile = partial(worker.wait, 11)
    await worker.following.look()
    assert worker.log.events == expected
    assert worker.following.knows is not bool(expected)


async def test_a_key_that_another_worker_revoked_is_no_longer_accepted(house: TestHouse) -> None:
    """Nor published; the announced one signs when it was made to."""
    parts = house.parts
    before = signing_key(parts.signer.ring.records, parts.signer.ring.records[0].algorithm)
    token = parts.signer.sign({"sub": "p"}, typ="at+jwt", algorithm=before.algorithm)
    spare = next(
        each
        for each in parts.signer.ring.records
        if each.algorithm is before.algorithm and each.state is State.ANNOUNCED
    )
    async with parts.storage.transaction():
        revoked = move(before, State.REVOKED, at=house.clock.now)
        assert await parts.storage.keys.change(revoked, was=State.SIGNING)
        signs = move(spare, State.SIGNING, at=house.clock.now)
        assert await parts.storage.keys.change(signs, was=State.ANNOUNCED)
    await parts.following.look()
    with pytest.raises(Exception, match="kid"):
        parts.signer.verify(token, typ="at+jwt")
    async with house.client() as client:
        keys = (await client.get(f"{ISSUER}/jwks")).json()["keys"]
    assert before.kid not in {key["kid"] for key in keys}
    assert spare.kid in {key["kid"] for key in keys}


async def test_a_client_that_another_worker_removed_is_forgotten(house: TestHouse) -> None:
    """It had been found, and so was in memory."""
    stored = house.parts.storage.clients
    entry = house.settings.clients["portal"].model_copy(update={"secrets": ()})
    await stored.add(StoredClient("new", entry.model_dump_json(), house.clock.now))
    await house.parts.following.look()
    assert await house.parts.clients.find("new")
    await stored.remove("new")
    assert await house.parts.clients.find("new")
    await house.parts.following.look()
    assert await house.parts.clients.find("new") is None
