"""A change by one worker reaches the others, and a worker that is cut off says so."""

from datetime import UTC, datetime

import pytest

from broker.chores.following import KNOWS_FOR_SECONDS, Following
from broker.storage.errors import StorageUnavailable
from broker.storage.ports import Revision, StoredClient
from broker.telemetry.log import FollowingFailed
from keys import State
from keys.ring import move, signing_key
from tests.broker.chores.notebook import Notebook
from tests.house import ISSUER, TestHouse

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Row:
    """The revision row, turned by hand; None does not answer."""

    def __init__(self) -> None:
        self.now: Revision | None = Revision(1, 1, NOW)
        self.fault: Exception | None = None

    async def read(self) -> Revision:
        if self.fault is not None:
            raise self.fault
        if self.now is None:
            raise StorageUnavailable
        return self.now


class Watch:
    """Seconds, turned by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Worker:
    """A follower, and what it was told."""

    def __init__(self) -> None:
        self.row, self.watch, self.log = Row(), Watch(), Notebook()
        self.calls: list[str] = []
        self.following = Following(
            self.row,
            seen=Revision(1, 1, NOW),
            reload_keys=self._reload,
            forget_clients=lambda: self.calls.append("clients"),
            log=self.log,
            monotonic=self.watch,
        )

    async def _reload(self) -> None:
        self.calls.append("keys")


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
    worker.row.now = None
    worker.watch.now = KNOWS_FOR_SECONDS
    await worker.following.look()
    assert not worker.following.knows
    assert worker.log.events == [FollowingFailed("StorageUnavailable")]
    worker.row.now = Revision(1, 1, NOW)
    await worker.following.look()
    assert worker.following.knows


async def test_a_fault_does_not_end_the_following() -> None:
    """A worker that stopped asking would never be ready again."""
    worker = Worker()
    worker.row.fault = TimeoutError()
    await worker.following.look()
    assert worker.log.events == [FollowingFailed("TimeoutError")]


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
