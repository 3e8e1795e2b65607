"""The contract of `Archive`: out of any engine and into any other, whole or not at all."""

import asyncio
import io
import sqlite3
import threading
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url

from broker.storage import Storage
from broker.storage.archive import (
    BackupDamaged,
    BackupRefused,
    Manifest,
    NotEmpty,
    Origin,
    Purpose,
    Restored,
    SecretPrint,
    open_backup,
)
from broker.storage.archive.frames import FrameWriter, Kind
from broker.storage.archive.manifest import encode
from broker.storage.archive.tables import LEFT_OUT, REGISTER, backed_up
from broker.storage.chain import Intact, verify_chain
from broker.storage.ports import AuditEvent, OutboxMessage, SessionClient, StoredClient
from broker.storage.register_ports import IndexedEvidence, Reading
from broker.storage.sql.revision import DURABLE
from linking.codes.sending import Medium
from linking.model import CustomerId, LinkId, PersonId
from linking.newcomers.ports import Objection
from linking.ports import Tags
from tests.contracts import workers
from tests.contracts.samples import (
    NOW,
    delegation,
    grant,
    identity,
    indexed,
    issued_code,
    key,
    link,
    session,
    try_rule,
    wish,
)
from tests.contracts.workers import URLs
from tests.servers.postgresql import PostgreSQL

ORIGIN = Origin(
    "1.2.3", "https://login.example", NOW, (SecretPrint(Purpose.PEPPER, "p1", b"12345678"),)
)


async def fill(storage: Storage) -> None:
    """Put something into every table."""
    who = identity()
    async with storage.transaction():
        await storage.persons.admit(who)
        customer = await storage.links.customer("elnat", "100423", proposed=CustomerId("c1"))
        await storage.links.create(link(customer))
        await storage.delegations.create(delegation(customer))
        await storage.objections.make(
            Objection(LinkId("l1"), customer, (b"p" * 32,), NOW), token_hash=b"token"
        )
        await storage.guards.guard(customer.id, [b"p" * 32], at=NOW)
        await storage.first_prints.first("pairwise_salt", b"print")
        await storage.newcomers.announce(LinkId("l1"), [PersonId("p2")], at=NOW)
        await storage.tries.reserve(who.key, Tags(b"tag", (b"invoice",)), try_rule(), now=NOW)
        await storage.codes.wish(wish(), customer_tag=b"tag", asker_tag=b"a")
        await storage.codes.issue(issued_code())
        await storage.codes.sent(b"tag", Medium.MESSAGE, at=NOW)
        await storage.sessions.create(session(), secret_hash=b"hash")
        await storage.sessions.joined("s1", "portal", SessionClient(NOW, ("openid",)))
        await storage.grants.redeem(grant())
        await storage.clients.add(StoredClient("portal", "{}", NOW))
        await storage.keys.add(key())
        for number in range(3):
            await storage.audit.append(AuditEvent(f"tested_{number}", NOW, "tester"))
        await storage.audits.keep("elnat", "{}", at=NOW)
        await storage.outbox.put(OutboxMessage("n1", "linked", "elnat", b"sealed", NOW, NOW))
    generation = await storage.index.open_generation("elnat", at=NOW, pepper="p1")
    await storage.index.add_customers(generation, [indexed(bytes([n])) for n in range(5)])
    await storage.index.add_evidence(generation, [IndexedEvidence(b"e", date(2026, 1, 2))])
    await storage.index.add_facilities(generation, [(b"\0", b"sealed place")])
    await storage.index.make_current([generation], at=NOW)
    await storage.copies.replace({customer.id: b"sealed copy"})
    await storage.copies.note_reading("elnat", Reading(NOW, 5))


async def take(storage: Storage, **changes: Any) -> bytes:
    """A backup as bytes."""
    file = io.BytesIO()
    options = {"with_register": True, "on_progress": lambda *_: None} | changes
    await storage.archive.take(file, ORIGIN, **options)
    return file.getvalue()


async def restore(storage: Storage, backup: bytes, *, replace: bool = False) -> Restored:
    """Put it back a day later."""
    return await storage.archive.restore(
        open_backup(io.BytesIO(backup)),
        replace=replace,
        at=NOW + timedelta(days=1),
        by="tester",
        on_progress=lambda *_: None,
    )


def content(backup: bytes) -> dict[str, list[dict[str, Any]]]:
    """Every row by table."""
    found: dict[str, list[dict[str, Any]]] = {}
    for chunk in open_backup(io.BytesIO(backup)).chunks():
        rows = [dict(zip(chunk.columns, row, strict=True)) for row in chunk.rows]
        found.setdefault(chunk.table, []).extend(rows)
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Into every engine that keeps anything."""
    if "into" in metafunc.fixturenames:
        metafunc.parametrize("kind", ["sqlite", "postgresql"])


@pytest.fixture
def target(
    kind: str, migrated: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[URLs]:
    """Another database than the one that was backed up, migrated and empty."""
    if kind == "sqlite":
        (tmp_path / "into").mkdir()
        (tmp_path / "into/durable.db").write_bytes((migrated / "durable.db").read_bytes())
        yield URLs(f"sqlite:///{tmp_path}/into/durable.db", "sqlite://")
        return
    server: PostgreSQL = request.getfixturevalue("postgresql_server")
    name = server.new_database(template="migrated")
    yield URLs(server.url_with_password(name), "sqlite://")
    server.drop(name)


@pytest.fixture
async def into(target: URLs) -> AsyncIterator[Storage]:
    """The other database, open."""
    async with workers.opened(target) as opened:
        yield opened


async def test_everything_comes_back_on_any_engine(storage: Storage, into: Storage) -> None:
    """Row by row, but for what a restore ends and what it notes."""
    await fill(storage)
    before = await take(storage)
    await restore(into, before)
    was, became = content(before), content(await take(into))
    assert became["audit"][:-1] == was["audit"]
    assert became["sessions"] != was["sessions"]
    assert became["grants"] != was["grants"]
    altered = ("audit", "audit_head", "sessions", "grants")
    for table in altered:
        del was[table], became[table]
    assert became == was
    assert set(was) == {table.name for table in backed_up()} - set(altered)


async def test_nobody_is_signed_in_after_a_restore(sound: bytes, into: Storage) -> None:
    """Sessions are ended and grants revoked, with their reason; and the trail says so, whole."""
    done = await restore(into, sound)
    assert done == Restored(sessions_ended=1, grants_revoked=1, keys_used=1)
    assert await into.sessions.find(b"hash", now=NOW) is None
    assert await into.grants.find("g1", now=NOW) is None
    after = content(await take(into))
    assert after["sessions"][0]["end_reason"] == "restored"
    assert after["sessions"][0]["profile"] == b""
    assert after["grants"][0]["revoke_reason"] == "restored"
    assert isinstance(await verify_chain(into.audit), Intact)
    assert [record.event.kind async for record in into.audit.read(after=3)] == ["restored"]


async def test_row_numbers_go_on_after_the_last_one(sound: bytes, into: Storage) -> None:
    """What is added after a restore collides with nothing that came back."""
    await restore(into, sound)
    generation = await into.index.open_generation("elnat", at=NOW, pepper="p1")
    current = await into.index.current("elnat")
    assert current is not None
    assert generation.id > current.id
    await into.index.add_facilities(generation, [(b"\1", b"another place")])
    await into.tries.reserve(identity("s2").key, Tags(b"tag"), try_rule(), now=NOW)


async def test_workers_that_run_all_the_same_read_anew(sound: bytes, into: Storage) -> None:
    """The revision row counts on."""
    before = await into.revisions.read()
    await restore(into, sound)
    after = await into.revisions.read()
    assert after.keys > before.keys
    assert after.clients > before.clients


async def test_what_a_broken_import_left_is_in_nobodys_way(sound: bytes, into: Storage) -> None:
    """Nobody ever read it; a register that somebody reads is there, like anything else."""
    generation = await into.index.open_generation("elnat", at=NOW, pepper="2026")
    await into.index.add_customers(generation, [indexed(b"half")])
    await restore(into, sound)
    assert await into.index.nearest_customer("elnat", b"half") is None
    with pytest.raises(NotEmpty):
        await restore(into, sound)


async def test_what_is_there_is_not_overwritten_unasked(sound: bytes, into: Storage) -> None:
    """One row anywhere refuses; asked, all of it goes, and what is restored is all there is."""
    await into.clients.add(StoredClient("other", "{}", NOW))
    with pytest.raises(NotEmpty):
        await restore(into, sound)
    assert [client.client_id for client in await into.clients.all()] == ["other"]
    await restore(into, sound, replace=True)
    assert [client.client_id for client in await into.clients.all()] == ["portal"]


async def test_a_restore_that_fails_changes_nothing(sound: bytes, into: Storage) -> None:
    """Damage that shows at the very end undoes what came before it."""
    with pytest.raises(BackupDamaged):
        await restore(into, sound[:-1] + bytes([sound[-1] ^ 1]))
    rows = content(await take(into))
    assert {table: len(found) for table, found in rows.items()} == {"audit_head": 1}
    assert (await into.audit.head()).number == 0


async def test_without_the_register(storage: Storage, into: Storage) -> None:
    """The links are there, and the register is as before any import."""
    await fill(storage)
    backup = await take(storage, with_register=False)
    assert not REGISTER & set(content(backup))
    await restore(into, backup)
    assert await into.index.current("elnat") is None
    assert await into.links.of_person(PersonId("p1"))


async def test_progress_reaches_the_total(storage: Storage) -> None:
    """Rows done never exceed all, and the last report is all."""
    await fill(storage)
    told: list[tuple[str, int, int]] = []
    await take(storage, on_progress=lambda *said: told.append(said))
    everything = sum(len(rows) for rows in content(await take(storage)).values())
    assert told[-1][1] == told[-1][2] == everything
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


class Interrupted(io.BytesIO):
    """A file during whose writing something else happens in the database, once."""

    def __init__(self, then: Callable[[], None]) -> None:
        super().__init__()
        self._then: Callable[[], None] | None = then

    def write(self, raw: Any) -> int:
        if self._then is not None and self.tell() > 200:
            then, self._then = self._then, None
            then()
        return super().write(raw)


async def test_a_backup_sees_one_state(on_shared: Storage, shared: URLs) -> None:
    """What is committed while it is taken, it does not have: neither its rows nor their counts."""
    await fill(on_shared)

    async def add() -> None:
        async with workers.opened(shared) as other:
            await other.audit.append(AuditEvent("meanwhile", NOW, "tester"))

    def add_and_wait() -> None:
        thread = threading.Thread(target=lambda: asyncio.run(add()))
        thread.start()
        thread.join()

    file = Interrupted(add_and_wait)
    await on_shared.archive.take(file, ORIGIN, with_register=True, on_progress=lambda *_: None)
    found = content(file.getvalue())
    assert (await on_shared.audit.head()).number == 4
    assert len(found["audit"]) == 3
    assert found["audit_head"][0]["number"] == 3


def changed(backup: bytes, **changes: Any) -> bytes:
    """A sound backup with another manifest and no rows."""
    manifest = open_backup(io.BytesIO(backup)).manifest
    file = io.BytesIO()
    writer = FrameWriter(file)
    parts = {
        "origin": manifest.origin, "schema": manifest.schema, "has_register": True, "rows": {},
    } | changes  # fmt: skip
    writer.write(Kind.MANIFEST, encode(Manifest(**parts)))
    writer.end()
    return file.getvalue()


async def test_a_newer_schema_is_refused(sound: bytes, into: Storage) -> None:
    """In words that name both."""
    backup = changed(sound, schema="9999")
    with pytest.raises(BackupRefused, match="9999, which is newer than this release"):
        await restore(into, backup)


async def test_an_older_schema_gets_defaults(into: Storage) -> None:
    """A column that is not there yet is left to the database, one that is gone to nobody."""
    file = io.BytesIO()
    writer = FrameWriter(file)
    rows = {"links": 0, "outbox": 1, "table_of_old": 1}
    writer.write(Kind.MANIFEST, encode(Manifest(ORIGIN, "0001", has_register=True, rows=rows)))
    _write(writer, "table_of_old", {"any": 1})
    _write(writer, "outbox", {
        "id": "n1", "kind": "linked", "company": "elnat", "sealed": b"s", "created_at": 0,
        "not_before": 0, "attempts": 0, "column_of_old": "gone",
    })  # fmt: skip
    writer.end()
    await restore(into, file.getvalue())
    [message] = await into.outbox.due(now=NOW, limit=10)
    assert message.id == "n1"


def _write(writer: FrameWriter, table: str, row: dict[str, Any]) -> None:
    writer.write(Kind.TABLE, msgspec.msgpack.encode((table, list(row))))
    writer.write(Kind.ROWS, zlib.compress(msgspec.msgpack.encode([list(row.values())])))


def test_every_durable_table_is_backed_up_or_left_out_on_purpose(migrated: Path) -> None:
    """A new table needs a decision: this fails until it is in the metadata or on the list."""
    with closing(sqlite3.connect(migrated / "durable.db")) as database:
        found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    there = {name for (name,) in found if not name.startswith("sqlite_")}
    decided = {table.name for table in backed_up()} | set(LEFT_OUT) | {DURABLE.version_table}
    assert there == decided
    assert not set(LEFT_OUT) & {table.name for table in backed_up()}


@pytest.fixture(scope="session")
def sound(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup of something, taken once."""
    folder = tmp_path_factory.mktemp("sound")
    (folder / "durable.db").write_bytes((migrated / "durable.db").read_bytes())
    url = make_url(f"sqlite:///{folder}/durable.db").render_as_string()

    async def made() -> bytes:
        async with workers.opened(URLs(url, "sqlite://")) as storage:
            await fill(storage)
            return await take(storage)

    return asyncio.run(made())


def read_all(backup: bytes) -> int:
    """Read to the end; how many rows."""
    return sum(len(chunk.rows) for chunk in open_backup(io.BytesIO(backup)).chunks())


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_wherever_it_is_cut_off_it_is_damaged(sound: bytes, data: st.DataObject) -> None:
    """No prefix is a backup."""
    length = data.draw(st.integers(0, len(sound) - 1))
    with pytest.raises(BackupDamaged):
        read_all(sound[:length])


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_changed_it_is_damaged(sound: bytes, data: st.DataObject) -> None:
    """One byte anywhere: told, as nothing else than damage."""
    at = data.draw(st.integers(0, len(sound) - 1))
    flip = data.draw(st.integers(1, 255))
    with pytest.raises(BackupDamaged):
        read_all(sound[:at] + bytes([sound[at] ^ flip]) + sound[at + 1 :])


def test_nothing_may_follow_the_end(sound: bytes) -> None:
    """Two backups in one file are none."""
    assert read_all(sound) > 0
    with pytest.raises(BackupDamaged):
        read_all(sound + b"\n")
