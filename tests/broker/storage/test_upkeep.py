"""Nothing grows for ever: sweeping, purging and finishing what was interrupted."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

from broker.storage import Retention, Storage
from broker.storage.ports import Shelf
from linking.model import CustomerId
from tests.contracts.samples import (
    MINUTE,
    NOW,
    SECOND,
    Clock,
    delegation,
    identity,
    indexed,
    link,
)


def rows(connection: sqlite3.Connection, table: str) -> int:
    """How many rows there are."""
    found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    return found


async def test_writes_sweep_away_what_has_expired(
    storage: Storage, clock: Clock, transient: sqlite3.Connection
) -> None:
    """Without any purge, two hundred writes leave no more than the last hundred's rows."""
    for number in range(200):
        await storage.transient.add(Shelf.USED_STATE, b"%d" % number, b"", ttl=SECOND)
        clock.pass_by(SECOND)
    assert rows(transient, "transient_values") <= 100


async def test_counters_are_swept_too(
    storage: Storage, clock: Clock, transient: sqlite3.Connection
) -> None:
    """A flood of made-up clients leaves nothing behind."""
    for number in range(200):
        await storage.transient.count(Shelf.CLIENT_FAILURES, b"%d" % number, window=SECOND)
        clock.pass_by(SECOND)
    assert rows(transient, "transient_counters") <= 100


async def test_a_purge_goes_on_after_its_first_batch(
    storage: Storage, transient: sqlite3.Connection
) -> None:
    """Many thousand rows go in several short transactions."""
    transient.execute("BEGIN")
    transient.executemany(
        "INSERT INTO transient_values VALUES ('code', ?, x'', 0, 0)",
        ((b"%d" % number,) for number in range(11_000)),
    )
    transient.execute("COMMIT")
    assert await storage.purge(NOW, Retention()) == 11_000
    assert rows(transient, "transient_values") == 0


async def test_discarding_leaves_no_row(storage: Storage, durable: sqlite3.Connection) -> None:
    """Of customers, evidence and facilities alike."""
    generation = await storage.index.open_generation("elnat", at=NOW, pepper="2026")
    keys = [number.to_bytes(4, "big") for number in range(11_000)]
    await storage.index.add_customers(generation, [indexed(key) for key in keys])
    await storage.index.add_facilities(generation, [(b"a", b"f1")])
    await storage.index.discard(generation)
    for table in ("register_customers", "register_facilities", "register_generations"):
        assert rows(durable, table) == 0, table


async def test_purge_finishes_an_interrupted_discarding(
    storage: Storage, durable: sqlite3.Connection
) -> None:
    """What a killed process had marked is deleted by the next."""
    generation = await storage.index.open_generation("elnat", at=NOW, pepper="2026")
    await storage.index.add_customers(generation, [indexed(b"a")])
    durable.execute("UPDATE register_generations SET discarded = 1")
    assert await storage.index.generations("elnat") == []
    await storage.purge(NOW + MINUTE, Retention())
    assert rows(durable, "register_customers") == 0
    assert rows(durable, "register_generations") == 0


async def test_a_sign_in_that_was_never_connected_goes_after_thirty_days(storage: Storage) -> None:
    """With its person; one that has a customer, as holder or helper, stays."""
    month = timedelta(days=30)
    for name in ("lonely", "holder", "helper", "recent"):
        used = NOW + MINUTE if name == "recent" else NOW
        somebody = identity(name, person=f"p_{name}")
        await storage.persons.admit(replace(somebody, admitted_at=NOW, last_used_at=used))
    customer = await storage.links.customer("elnat", "100423", proposed=CustomerId("c_1"))
    await storage.links.create(link(customer, person="p_holder"))
    await storage.delegations.create(delegation(customer, delegate="p_helper"))

    await storage.purge(NOW + month, Retention())

    kept = [
        name
        for name in ("lonely", "holder", "helper", "recent")
        if await storage.persons.find(identity(name).key)
    ]
    assert kept == ["holder", "helper", "recent"]
