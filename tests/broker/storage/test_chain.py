"""The audit chain against somebody who reaches the table."""

import sqlite3

import pytest

from broker.storage import Storage
from broker.storage.chain import Broken, verify_chain
from broker.storage.ports import AuditEvent
from tests.contracts.samples import NOW


@pytest.fixture
async def _five(storage: Storage) -> None:
    """Five records."""
    for number in range(5):
        await storage.audit.append(AuditEvent("tried", NOW, f"p{number}", facts={"try": "1"}))


@pytest.mark.usefixtures("_five")
@pytest.mark.parametrize(
    "change",
    [
        "kind = 'else'",
        "at = at + 1",
        "actor = 'p9'",
        "subject = 'p9'",
        "customer = 'c9'",
        """facts = '{"try":"2"}'""",
        "previous = x'00'",
        "hash = x'00'",
        "actor = '', subject = actor",
    ],
)
async def test_a_changed_record_shows(
    storage: Storage, durable: sqlite3.Connection, change: str
) -> None:
    """Every field is covered, and the boundaries between them."""
    durable.execute(f"UPDATE audit SET {change} WHERE number = 3")  # noqa: S608
    assert await verify_chain(storage.audit) == Broken(3)


@pytest.mark.usefixtures("_five")
@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("DELETE FROM audit WHERE number = 1", 1),
        ("DELETE FROM audit WHERE number = 3", 3),
        ("DELETE FROM audit WHERE number = 5", 5),
        ("DELETE FROM audit", 1),
        ("UPDATE audit SET number = 9 WHERE number = 3", 3),
        ("UPDATE audit_head SET hash = x'00'", 5),
    ],
)
async def test_a_missing_record_shows(
    storage: Storage, durable: sqlite3.Connection, tampering: str, broken: int
) -> None:
    """At the beginning, in the middle, at the end; and a head that fits no record."""
    durable.execute(tampering)
    assert await verify_chain(storage.audit) == Broken(broken)


@pytest.mark.usefixtures("_five")
async def test_exchanged_records_show(storage: Storage, durable: sqlite3.Connection) -> None:
    """Each is genuine, and stands in the wrong place."""
    for old, new in ((2, 9), (3, 2), (9, 3)):
        durable.execute("UPDATE audit SET number = ? WHERE number = ?", (new, old))
    assert await verify_chain(storage.audit) == Broken(2)
