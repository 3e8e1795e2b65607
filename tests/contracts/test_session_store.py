"""The contract of `SessionStore`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.storage import Retention, Storage
from broker.storage.ports import SessionClient
from tests.contracts.samples import MINUTE, NOW, SECOND, session

HOUR = timedelta(hours=1)
BRIEFLY = Retention(ended_sessions=timedelta(0))
CLIENT = SessionClient(NOW + SECOND, ("openid", "invoices:read"))


@pytest.fixture(autouse=True)
async def _created(storage: Storage) -> None:
    """One session, whose cookie's secret hashes to `hash`."""
    await storage.sessions.create(session(), secret_hash=b"hash")


async def test_a_session_is_found_by_its_secret(storage: Storage) -> None:
    """It comes back whole."""
    assert await storage.sessions.find(b"hash", now=NOW) == session()


async def test_a_session_is_found_by_its_id(storage: Storage) -> None:
    """It comes back whole."""
    assert await storage.sessions.by_id("s1", now=NOW) == session()


async def test_the_public_id_is_no_secret(storage: Storage) -> None:
    """What is in a token opens nothing."""
    assert await storage.sessions.find(b"s1", now=NOW) is None


async def test_a_renewed_session_is_found_by_its_new_secret_alone(storage: Storage) -> None:
    """It is the same session; the old cookie finds nothing."""
    await storage.sessions.renew("s1", secret_hash=b"new")
    assert await storage.sessions.find(b"new", now=NOW) == session()
    assert await storage.sessions.find(b"hash", now=NOW) is None


async def test_an_ended_session_is_not_renewed(storage: Storage) -> None:
    """It stays ended, under any secret."""
    await storage.sessions.end("s1", at=NOW, reason="logout")
    await storage.sessions.renew("s1", secret_hash=b"new")
    assert await storage.sessions.find(b"new", now=NOW) is None


async def test_it_may_be_created_with_clients(storage: Storage) -> None:
    """A session that begins at a client knows it."""
    begun = replace(session("s2"), clients={"a": CLIENT, "b": SessionClient(NOW)})
    await storage.sessions.create(begun, secret_hash=b"other")
    assert await storage.sessions.find(b"other", now=NOW) == begun


async def test_it_ends_when_idle(storage: Storage) -> None:
    """At thirty minutes without use it is gone by both ways."""
    assert await storage.sessions.find(b"hash", now=NOW + 30 * MINUTE - SECOND)
    assert await storage.sessions.find(b"hash", now=NOW + 30 * MINUTE) is None
    assert await storage.sessions.by_id("s1", now=NOW + 30 * MINUTE) is None


async def test_touching_prolongs_it(storage: Storage) -> None:
    """Idle time counts from the last use."""
    await storage.sessions.touch("s1", at=NOW + 20 * MINUTE)
    found = await storage.sessions.find(b"hash", now=NOW + 45 * MINUTE)
    assert found == replace(session(), seen_at=NOW + 20 * MINUTE)


async def test_touching_does_not_revive(storage: Storage) -> None:
    """Use after thirty idle minutes is a use too late."""
    await storage.sessions.touch("s1", at=NOW + 31 * MINUTE)
    assert await storage.sessions.find(b"hash", now=NOW + 31 * MINUTE) is None
    assert await storage.sessions.find(b"hash", now=NOW + MINUTE) == session()


async def test_touching_never_goes_back(storage: Storage) -> None:
    """A request that was slow does not shorten what a later one prolonged."""
    await storage.sessions.touch("s1", at=NOW + 20 * MINUTE)
    await storage.sessions.touch("s1", at=NOW + 10 * MINUTE)
    assert await storage.sessions.find(b"hash", now=NOW + 45 * MINUTE)


async def test_no_touch_outlives_the_end(storage: Storage) -> None:
    """Eight hours are eight hours, however busy."""
    for minutes in range(20, 480, 20):
        await storage.sessions.touch("s1", at=NOW + minutes * MINUTE)
    assert await storage.sessions.find(b"hash", now=NOW + 8 * HOUR - SECOND)
    assert await storage.sessions.find(b"hash", now=NOW + 8 * HOUR) is None


async def test_clients_join(storage: Storage) -> None:
    """A later joining of the same client replaces the former."""
    await storage.sessions.joined("s1", "portal", SessionClient(NOW))
    await storage.sessions.joined("s1", "portal", CLIENT)
    found = await storage.sessions.find(b"hash", now=NOW)
    assert found is not None
    assert found.clients == {"portal": CLIENT}


async def test_nobody_joins_an_ended_session(storage: Storage) -> None:
    """Nor one that never was; both are no error."""
    await storage.sessions.end("s1", at=NOW, reason="logout")
    await storage.sessions.joined("s1", "portal", CLIENT)
    await storage.sessions.joined("unknown", "portal", CLIENT)


async def test_an_ended_session_never_comes_back(storage: Storage) -> None:
    """Not by secret, not by id, not by touching it; it ends once."""
    assert await storage.sessions.end("s1", at=NOW, reason="logout")
    await storage.sessions.touch("s1", at=NOW + SECOND)
    assert await storage.sessions.find(b"hash", now=NOW) is None
    assert await storage.sessions.by_id("s1", now=NOW) is None
    assert not await storage.sessions.end("s1", at=NOW, reason="logout")


async def test_ending_what_is_over_is_no_end(storage: Storage) -> None:
    """A session that idled out was not live; yet it is ended for a clock that is behind."""
    assert not await storage.sessions.end("s1", at=NOW + HOUR, reason="logout")
    assert await storage.sessions.find(b"hash", now=NOW) is None


async def test_all_sessions_of_persons_end(storage: Storage) -> None:
    """Only theirs, and it says how many were live."""
    await storage.sessions.create(session("s2"), secret_hash=b"2")
    await storage.sessions.create(session("s3", person="p2"), secret_hash=b"3")
    await storage.sessions.create(session("s4", person="p3"), secret_hash=b"4")
    await storage.sessions.end("s2", at=NOW, reason="logout")
    ended = await storage.sessions.end_of_persons(["p1", "p2"], at=NOW, reason="protected")
    assert ended == 2
    assert await storage.sessions.by_id("s3", now=NOW) is None
    assert await storage.sessions.by_id("s4", now=NOW)


async def test_five_hundred_persons_at_once(storage: Storage) -> None:
    """The most that a caller may ask for is done."""
    persons = [f"p{number}" for number in range(500)]
    assert await storage.sessions.end_of_persons(persons, at=NOW, reason="x") == 1
    assert await storage.sessions.end_of_persons([], at=NOW, reason="x") == 0


async def test_purge_deletes_what_is_over(storage: Storage) -> None:
    """Ended, idled out and expired ones go with their clients, after a day; live ones stay."""
    await storage.sessions.joined("s1", "portal", CLIENT)
    await storage.sessions.create(session("s2"), secret_hash=b"2")
    await storage.sessions.touch("s2", at=NOW + 29 * MINUTE)
    assert await storage.purge(NOW + 30 * MINUTE, Retention()) == 0
    assert await storage.purge(NOW + 30 * MINUTE, BRIEFLY) == 1
    assert await storage.sessions.by_id("s2", now=NOW + 30 * MINUTE)
    assert await storage.sessions.by_id("s1", now=NOW) is None
