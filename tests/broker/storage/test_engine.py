"""How SQLite is set up, so that no update is lost and nobody else reads the file."""

import sqlite3
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event, text

from broker.storage.errors import StorageUnavailable
from broker.storage.sql.engine import Engine, is_in_memory, open_engine
from broker.storage.sql.transaction import SqlTransaction


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    """An engine on a file of its own."""
    found = open_engine(f"sqlite:///{tmp_path}/some.db", synchronous="FULL")
    yield found
    await found.close()


@pytest.fixture
def began(engine: Engine) -> list[str]:
    """Every way in which a transaction was begun."""
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(engine.writers.sync_engine, "before_cursor_execute", note)
    return statements


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 10_000)],
)
async def test_pragmas(engine: Engine, pragma: str, expected: object) -> None:
    """Every connection has them; 2 is FULL: what was acknowledged survives a power cut."""
    async with engine.writers.connect() as connection:
        assert (await connection.execute(text(f"PRAGMA {pragma}"))).scalar() == expected


async def test_the_transient_database_need_not_wait_for_the_disk(tmp_path: Path) -> None:
    """It is NORMAL (1) there: nothing in it makes anything valid by its absence."""
    engine = open_engine(f"sqlite:///{tmp_path}/some.db", synchronous="NORMAL")
    async with engine.writers.connect() as connection:
        assert (await connection.execute(text("PRAGMA synchronous"))).scalar() == 1
    await engine.close()


async def test_a_writer_locks_before_it_reads(engine: Engine, began: list[str]) -> None:
    """Else two processes would base their writes on the same reading."""
    async with SqlTransaction(engine).writing() as connection:
        await connection.execute(text("SELECT 1"))
    assert began == ["BEGIN IMMEDIATE"]


async def test_a_reader_does_not_lock(engine: Engine, began: list[str]) -> None:
    """It begins plainly, so it never waits for a writer."""
    async with SqlTransaction(engine).reading() as connection:
        await connection.execute(text("SELECT 1"))
    assert began == ["BEGIN"]


async def test_readers_go_on_while_somebody_writes(engine: Engine) -> None:
    """And see the state before it."""
    writer, reader = SqlTransaction(engine), SqlTransaction(engine)
    async with writer.writing() as connection:
        await connection.execute(text("CREATE TABLE here (one)"))
        async with reader.reading() as other:
            seen = await other.execute(text("SELECT count(*) FROM sqlite_master"))
            assert seen.scalar() == 0


async def test_the_files_are_the_owners_only(engine: Engine, tmp_path: Path) -> None:
    """Database and write-ahead log, whatever the umask allows."""
    async with SqlTransaction(engine).writing() as connection:
        await connection.execute(text("CREATE TABLE here (one)"))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in _files(tmp_path)}
    assert modes == dict.fromkeys(["some.db", "some.db-shm", "some.db-wal"], 0o600)


async def test_values_do_not_show_in_errors(engine: Engine) -> None:
    """The text of a failure names no bound value: it may be a number of a customer."""
    with pytest.raises(StorageUnavailable) as failure:
        async with SqlTransaction(engine).writing() as connection:
            await connection.execute(text("INSERT INTO nowhere VALUES (:one)"), {"one": "100423"})
    assert "100423" not in str(failure.value) + failure.value.detail


async def test_a_locked_database_is_unavailable(engine: Engine, tmp_path: Path) -> None:
    """The driver's way of saying it does not reach the callers."""
    async with engine.writers.connect() as connection:
        await connection.execute(text("PRAGMA busy_timeout=1"))
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
        open_engine(f"sqlite:///{tmp_path}/file/some.db", synchronous="FULL")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """It is neither overwritten nor tried for ten seconds."""
    file = tmp_path / "some.db"
    file.write_bytes(b"somebody's letter" * 100)
    with pytest.raises(StorageUnavailable, match="not a database"):
        open_engine(f"sqlite:///{file}", synchronous="FULL")
    assert file.read_bytes() == b"somebody's letter" * 100


def test_other_databases_are_refused() -> None:
    """By name, not by a failure later."""
    with pytest.raises(ValueError, match="unsupported database: mysql"):
        open_engine("mysql://host/name", synchronous="FULL")


@pytest.mark.parametrize(
    ("url", "expected"),
    [("sqlite://", True), ("sqlite:///:memory:", True), ("sqlite:///file.db", False)],
)
def test_what_is_in_memory(url: str, expected: bool) -> None:
    """Two spellings mean memory."""
    assert is_in_memory(url) is expected


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir())
