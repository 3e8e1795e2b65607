"""The contract of `AuditLog`, and that its chain shows every tampering."""

import contextlib
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from broker.storage import Storage
from broker.storage.chain import Broken, Intact, verify_chain
from broker.storage.ports import AuditEvent, AuditHead, AuditRecord
from tests.contracts import workers
from tests.contracts.conftest import Contend
from tests.contracts.samples import NOW


def event(kind: str = "link.created") -> AuditEvent:
    """Something that was done."""
    return AuditEvent(kind, NOW, "p1", "p1", "c1", {"proof": "invoice", "company": "elnat"})


async def read(storage: Storage, *, after: int = 0) -> list[AuditRecord]:
    """The records as a list."""
    return [record async for record in storage.audit.read(after=after)]


async def test_records_are_read_in_order(storage: Storage) -> None:
    """As appended, numbered from one."""
    appended = [await storage.audit.append(event(kind)) for kind in "abc"]
    assert [record.number for record in appended] == [1, 2, 3]
    assert await read(storage) == appended
    assert await read(storage, after=2) == appended[2:]


async def test_the_chain_begins_empty(storage: Storage) -> None:
    """A trail without records is whole."""
    assert await storage.audit.head() == AuditHead(0, b"")
    assert await verify_chain(storage.audit) == Intact(AuditHead(0, b""))


async def test_the_chain_holds(storage: Storage) -> None:
    """Each record covers the one before, up to the head."""
    records = [await storage.audit.append(event()) for _ in range(3)]
    assert [record.previous for record in records[1:]] == [record.hash for record in records[:-1]]
    assert await verify_chain(storage.audit) == Intact(AuditHead(3, records[-1].hash))


async def test_more_than_a_page_is_verified(storage: Storage) -> None:
    """A trail longer than what is read at once."""
    async with storage.transaction():
        for _ in range(201):
            await storage.audit.append(event())
    assert len(await read(storage)) == 201
    assert isinstance(await verify_chain(storage.audit), Intact)


async def test_an_event_hashes_alike_everywhere(storage: Storage) -> None:
    """Neither the order of facts nor the zone of the time makes another record."""
    there = timezone(timedelta(hours=2))
    moved = replace(
        event(), at=NOW.astimezone(there), facts={"company": "elnat", "proof": "invoice"}
    )
    await storage.audit.append(moved)
    assert isinstance(await verify_chain(storage.audit), Intact)


async def test_verifying_goes_on_from_an_exported_head(storage: Storage) -> None:
    """What was verified and exported need not be read again."""
    first = await storage.audit.append(event())
    second = await storage.audit.append(event())
    exported = AuditHead(1, first.hash)
    assert await verify_chain(storage.audit, since=exported) == Intact(AuditHead(2, second.hash))


async def test_a_rewritten_trail_misses_the_exported_head(storage: Storage) -> None:
    """Whoever computes every hash anew is caught by an export that they cannot reach."""
    await storage.audit.append(event())
    await storage.audit.append(event())
    exported = AuditHead(1, b"what the first record was")
    assert await verify_chain(storage.audit, since=exported) == Broken(2)


async def test_a_rolled_back_change_leaves_no_record(storage: Storage) -> None:
    """The record is in the transaction of the change, and so is its place in the chain."""
    await storage.audit.append(event())
    with contextlib.suppress(LookupError):
        async with storage.transaction():
            await storage.audit.append(event())
            raise LookupError
    assert (await storage.audit.append(event())).number == 2
    assert isinstance(await verify_chain(storage.audit), Intact)


async def test_the_journal_is_the_audit_trail(storage: Storage) -> None:
    """Linking's notes are records of the same chain."""
    await storage.journal.note("linked", at=NOW, person="p1", customer="c1", proof="invoice")
    await storage.journal.note("tried", at=NOW, person=None, customer=None)
    assert [record.event for record in await read(storage)] == [
        AuditEvent("linked", NOW, "p1", "p1", "c1", {"proof": "invoice"}),
        AuditEvent("tried", NOW, "unknown"),
    ]


@pytest.mark.processes
async def test_four_processes_keep_the_chain(contend: Contend, on_shared: Storage) -> None:
    """A hundred appends from four processes: one chain without a gap."""
    appended = contend(workers.append, 25)
    assert sorted(record.number for record in appended) == list(range(1, 101))
    verdict = await verify_chain(on_shared.audit)
    assert isinstance(verdict, Intact)
    assert verdict.head.number == 100
