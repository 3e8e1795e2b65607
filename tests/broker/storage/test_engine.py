"""How SQLite is set up, so that no update is lost and nobody else reads the file."""

import asyncio
import sqlite3
import stat
import subprocess
import sys
import threading
import traceback
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import column, delete, func, insert, select, table

from broker.storage.errors import StatementRefused, StorageError, StorageUnavailable
from broker.storage.sql.connection import Connection, Database
from broker.storage.sql.engine import is_in_memory, open_database
from broker.storage.sql.transaction import SqlTransaction

_TABLES = select(func.count()).select_from(table("sqlite_master", column("name")))
_HERE = table("here", column("one"))
_ADD = insert(_HERE)
_COUNT = select(func.count()).select_from(_HERE)
_LEFT_OPEN = """
import asyncio, sys
from broker.storage.sql.engine import open_database

async def ask():
    database = open_database(sys.argv[1])
    async with database.reading(), database.writing(queued=False):
        return database

kept = asyncio.run(ask())
print("done")
"""
_FROM_OUTSIDE = """
import sqlite3, sys

with sqlite3.connect(sys.argv[1]) as connection:
    connection.execute("INSERT INTO here VALUES (1)")
connection.close()
"""
_NOWHERE = insert(table("nowhere", column("one")))


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Database]:
    """An engine on a file of its own."""
    before = set(threading.enumerate())
    found = open_database(f"sqlite:///{tmp_path}/some.db", synchronous="FULL")
    yield found
    await found.close()
    await asyncio.to_thread(_see_threads_end, before)


async def _said(connection: Connection, sql: str) -> Any:
    """The first column of the first row of some text of SQLite's."""
    ((said,),) = await connection.driver.execute_fetchall(sql)
    return said


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 10_000)],
)
@pytest.mark.parametrize("kind", ["reading", "writing", "snapshot"])
async def test_pragmas(engine: Database, kind: str, pragma: str, expected: object) -> None:
    """Every connection has them; 2 is FULL: what was acknowledged survives a power cut."""
    async with getattr(SqlTransaction(engine), kind)() as connection:
        assert await _said(connection, f"PRAGMA {pragma}") == expected


async def test_the_transient_database_need_not_wait_for_the_disk(tmp_path: Path) -> None:
    """It is NORMAL (1) there: nothing in it makes anything valid by its absence."""
    engine = open_database(f"sqlite:///{tmp_path}/some.db", synchronous="NORMAL")
    async with SqlTransaction(engine).writing() as connection:
        assert await _said(connection, "PRAGMA synchronous") == 1
    await engine.close()


async def test_a_writer_locks_before_it_reads(engine: Database, tmp_path: Path) -> None:
    """Else two processes would base their writes on the same reading."""
    async with SqlTransaction(engine).writing() as connection:
        await connection.execute(_TABLES)
        other = sqlite3.connect(tmp_path / "some.db", isolation_level=None, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


async def test_a_reader_does_not_lock(engine: Database, tmp_path: Path) -> None:
    """It never waits for a writer, nor a writer for it; and it cannot write."""
    async with SqlTransaction(engine).reading() as connection:
        await connection.execute(_TABLES)
        other = sqlite3.connect(tmp_path / "some.db", isolation_level=None, timeout=0)
        other.execute("BEGIN IMMEDIATE")
        other.close()
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await connection.driver.execute("CREATE TABLE here (one)")


async def test_readers_go_on_while_somebody_writes(engine: Database) -> None:
    """And see the state before it."""
    writer, reader = SqlTransaction(engine), SqlTransaction(engine)
    async with writer.writing() as connection:
        await connection.driver.execute("CREATE TABLE here (one)")
        async with reader.reading() as other:
            assert (await other.execute(_TABLES)).scalar_one() == 0


async def test_a_writer_who_is_cancelled_leaves_nothing_behind(engine: Database) -> None:
    """Neither a change nor a lock: the next one begins at once."""
    transaction, is_in = SqlTransaction(engine), asyncio.Event()

    async def write() -> None:
        async with transaction.writing() as connection:
            await connection.driver.execute("CREATE TABLE here (one)")
            is_in.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await is_in.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with transaction.writing() as connection:
        assert (await connection.execute(_TABLES)).scalar_one() == 0


async def test_who_is_cancelled_twice_leaves_the_turn_clean(engine: Database) -> None:
    """The next in turn neither sees the change nor loses the connection to who clears up."""
    transaction = SqlTransaction(engine)
    async with transaction.writing() as connection:
        await connection.driver.execute("CREATE TABLE here (one)")

    async def write(is_in: asyncio.Event) -> None:
        async with transaction.writing() as connection:
            await connection.execute(_ADD, {"one": "lost"})
            is_in.set()
            await asyncio.Event().wait()

    async def write_next() -> None:
        async with transaction.writing() as connection:
            await connection.execute(_ADD, {"one": "kept"})

    for _ in range(40):
        is_in = asyncio.Event()
        task = asyncio.create_task(write(is_in))
        await is_in.wait()
        following = asyncio.create_task(write_next())
        await asyncio.sleep(0)
        for _ in range(2):
            task.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await task
        await following
    assert (await transaction.ask(_COUNT)).scalar_one() == 40


@pytest.mark.parametrize("steps", range(8))
@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///{}/some.db"])
async def test_a_snapshot_that_is_cancelled_leaves_no_transaction(
    tmp_path: Path, url: str, steps: int
) -> None:
    """Not even while it begins: what is changed next is there for all."""
    before = set(threading.enumerate())
    database = open_database(url.format(tmp_path))
    async with database.writing(queued=False) as connection:
        await connection.driver.execute("CREATE TABLE here (one)")

    async def look() -> None:
        async with database.snapshot():
            await asyncio.Event().wait()

    task = asyncio.create_task(look())
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await database.change(_ADD, {"one": "kept"})
    async with database.writing(queued=False) as connection:
        assert (await connection.execute(_COUNT)).scalar_one() == 1
    await database.close()
    await asyncio.to_thread(_see_threads_end, before)


def _see_threads_end(before: set[threading.Thread]) -> None:
    """Of a connection whose opening was cancelled: it ends by itself, but needs the loop for it.

    Those of `before` belong to others, who may keep them open all along.
    """
    for thread in set(threading.enumerate()) - before:
        if "_connection_worker_thread" in thread.name:
            thread.join(timeout=2)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///{}/some.db"])
async def test_a_closed_database_is_unavailable(tmp_path: Path, url: str) -> None:
    """It is not opened anew, nor does an error of the driver's escape."""
    database = open_database(url.format(tmp_path))
    await database.ask(_TABLES, {})

    async def write() -> None:
        async with database.writing(queued=False) as connection:
            await database.close()
            await connection.execute(_TABLES)

    with pytest.raises(StorageUnavailable):
        await write()
    for verb in (database.ask, database.change):
        with pytest.raises(StorageUnavailable):
            await verb(_TABLES, {})
    await database.close()


def test_a_process_ends_with_a_database_open(tmp_path: Path) -> None:
    """No thread holds it up."""
    command = [sys.executable, "-c", _LEFT_OPEN, f"sqlite:///{tmp_path}/some.db"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30)
    assert done.stdout == "done\n"


async def test_the_files_are_the_owners_only(engine: Database, tmp_path: Path) -> None:
    """Database and write-ahead log, whatever the umask allows."""
    async with SqlTransaction(engine).writing() as connection:
        await connection.driver.execute("CREATE TABLE here (one)")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in _files(tmp_path)}
    assert modes == dict.fromkeys(["some.db", "some.db-shm", "some.db-wal"], 0o600)


async def test_values_do_not_show_in_errors(engine: Database) -> None:
    """The text of a failure names no bound value: it may be a number of a customer."""
    with pytest.raises(StorageUnavailable) as failure:
        async with SqlTransaction(engine).writing() as connection:
            await connection.execute(_NOWHERE, {"one": "100423"})
    assert "100423" not in str(failure.value) + failure.value.detail


async def test_what_will_never_do_is_refused(engine: Database) -> None:
    """That is told from what may work later, without the value either."""
    async with SqlTransaction(engine).writing() as connection:
        await connection.driver.execute("CREATE TABLE nowhere (one CHECK (one = 1))")
    with pytest.raises(StatementRefused) as failure:
        await SqlTransaction(engine).change(_NOWHERE, {"one": "100423"})
    assert "100423" not in str(failure.value) + failure.value.detail


@pytest.mark.parametrize("value", [1 << 64, "100423\ud800", object()])
async def test_what_sqlite_cannot_hold_is_refused(engine: Database, value: object) -> None:
    """As on PostgreSQL, and without the value."""
    async with engine.writing(queued=False) as connection:
        await connection.driver.execute("CREATE TABLE here (one)")
    with pytest.raises(StatementRefused) as failure:
        await engine.change(_ADD, {"one": value})
    assert "100423" not in _all_of(failure.value)
    with pytest.raises(StatementRefused):
        async with engine.writing(queued=False) as connection:
            await connection.execute_each(_ADD, [{"one": value}])


async def test_a_text_that_is_none_is_not_quoted(engine: Database) -> None:
    """The driver says which it could not read."""
    async with engine.writing(queued=False) as connection:
        await connection.driver.execute("CREATE TABLE here (one)")
        await connection.driver.execute("INSERT INTO here VALUES (CAST(x'313030343233ff' AS TEXT))")
    with pytest.raises(StorageUnavailable) as failure:
        await engine.ask(select(_HERE.c.one), {})
    assert "100423" not in _all_of(failure.value)


async def test_a_damaged_index_is_damage(engine: Database) -> None:
    """SQLite has a code for it that is more exact than the one for damage."""
    async with engine.writing(queued=False) as connection:
        for sql in (
            "CREATE TABLE here (one)",
            "INSERT INTO here VALUES (1)",
            "CREATE INDEX whole ON here (one)",
            "CREATE INDEX empty ON here (one) WHERE one > 1",
            "PRAGMA writable_schema = ON",
            """UPDATE sqlite_schema SET rootpage = (
                 SELECT rootpage FROM sqlite_schema WHERE name = 'empty'
               ) WHERE name = 'whole'""",
            "DELETE FROM sqlite_schema WHERE name = 'empty'",
        ):
            await connection.driver.execute(sql)
    await engine.close()
    again = open_database(f"sqlite:///{engine.address.database}")
    with pytest.raises(StorageUnavailable):
        await again.change(delete(_HERE).where(_HERE.c.one + 0 == 1), {})
    await again.close()


def _all_of(error: StorageError) -> str:
    """What would be told of it, its causes included."""
    return "".join(traceback.format_exception(error)) + error.detail


async def test_a_locked_database_is_unavailable(engine: Database, tmp_path: Path) -> None:
    """The driver's way of saying it does not reach the callers."""
    async with SqlTransaction(engine).writing() as connection:
        await connection.driver.execute("PRAGMA busy_timeout=1")
    other = sqlite3.connect(tmp_path / "some.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable):
        async with SqlTransaction(engine).writing():
            pass
    other.close()


def test_a_file_that_cannot_be_created(tmp_path: Path) -> None:
    """It is said at once, with the reason kept for the log."""
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailable, match="cannot create"):
        open_database(f"sqlite:///{tmp_path}/file/some.db", synchronous="FULL")


async def test_opened_twice_by_one_process_it_is_still_whole_for_others(tmp_path: Path) -> None:
    """As a server does that reads its configuration anew, and goes on with the old one meanwhile.

    Were its locks gone, the next command would delete the log under its hands, and what either
    wrote from then on would be lost.
    """
    file = tmp_path / "some.db"
    first = open_database(f"sqlite:///{file}", synchronous="FULL")
    async with SqlTransaction(first).writing() as connection:
        await connection.driver.execute("CREATE TABLE here (one)")
    second = open_database(f"sqlite:///{file}", synchronous="FULL")
    log = file.with_name("some.db-wal")
    before = log.stat().st_ino
    command = [sys.executable, "-c", _FROM_OUTSIDE, str(file)]
    await asyncio.to_thread(subprocess.run, command, check=True)
    assert log.stat().st_ino == before
    async with SqlTransaction(first).writing() as connection:
        await connection.execute(_ADD.values(one=2))
    await first.close()
    await second.close()
    with closing(sqlite3.connect(file)) as reader:
        assert reader.execute("SELECT count(*) FROM here").fetchone() == (2,)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """It is neither overwritten nor tried for ten seconds."""
    file = tmp_path / "some.db"
    file.write_bytes(b"somebody's letter" * 100)
    with pytest.raises(StorageUnavailable, match="not a database"):
        open_database(f"sqlite:///{file}", synchronous="FULL")
    assert file.read_bytes() == b"somebody's letter" * 100


def test_other_databases_are_refused() -> None:
    """By name, not by a failure later."""
    with pytest.raises(ValueError, match="unsupported database: mysql"):
        open_database("mysql://host/name", synchronous="FULL")


@pytest.mark.parametrize(
    ("url", "expected"),
    [("sqlite://", True), ("sqlite:///:memory:", True), ("sqlite:///file.db", False)],
)
def test_what_is_in_memory(url: str, expected: bool) -> None:
    """Two spellings mean memory."""
    assert is_in_memory(url) is expected


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir())
