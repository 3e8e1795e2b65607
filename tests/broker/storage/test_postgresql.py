"""PostgreSQL as a database: who is kept out, and what is left of a connection."""

import asyncio
import os
import signal
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from sqlalchemy import func, insert, make_url, select

from broker.storage import migrate_storage
from broker.storage.errors import StatementRefused, StorageUnavailable
from broker.storage.sql import postgresql
from broker.storage.sql.connection import Database
from broker.storage.sql.engine import open_database
from broker.storage.sql.postgresql_address import encryption
from broker.storage.sql.tables import customers
from broker.storage.sql.transaction import SqlTransaction
from tests.servers.postgresql import PostgreSQL

_NOW = select(func.now())
_NONSENSE = select(func.no_such_function())


@pytest.fixture
def url(postgresql_server: PostgreSQL) -> str:
    """The address of a migrated database."""
    return postgresql_server.url_with_password("migrated")


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """One with a single connection: whoever leaves it dirty is found out by the next."""
    found = open_database(url, connections=1)
    yield found
    await found.close()


@pytest.mark.parametrize("wrong", [{"password": "guessed"}, {"database": "nowhere"}, {"port": 1}])
async def test_who_is_kept_out_is_told_why(url: str, wrong: dict[str, object]) -> None:
    """It is no fault of ours: somebody can mend it."""
    address = make_url(url).set(**wrong).render_as_string(hide_password=False)  # type: ignore[arg-type]
    database = open_database(address)
    with pytest.raises(StorageUnavailable) as failed:
        await SqlTransaction(database).ask(_NOW)
    assert failed.value.detail
    assert "guessed" not in failed.value.detail
    with pytest.raises(StorageUnavailable):
        await migrate_storage(address, "sqlite://")
    await database.close()


@pytest.mark.parametrize(
    ("address", "is_clear"),
    [
        ("postgresql://farstu@localhost/farstu", True),
        ("postgresql://farstu@/farstu?host=/run/postgresql", True),
        ("postgresql://farstu@db.example/farstu", False),
        ("postgresql://farstu@db.example/farstu?sslmode=disable", True),
        ("postgresql://farstu@/farstu?host=db.example", False),
        ("postgresql://farstu@localhost/farstu?host=db.example", False),
        ("postgresql://farstu@localhost/farstu?sslrootcert={ca}", False),
    ],
)
def test_what_leaves_this_machine_is_encrypted(
    address: str, *, is_clear: bool, tmp_path: Path
) -> None:
    """Also where a tunnel's end is here and an authority is named, or a server by an option."""
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    found = encryption(make_url(address.format(ca=tmp_path / "ca.pem")))
    assert (found is False) is is_clear


async def test_a_statement_that_fails_leaves_the_connection_clean(database: Database) -> None:
    """By itself, in a transaction and in a snapshot; nothing of it is committed."""
    transaction = SqlTransaction(database)
    with pytest.raises(StatementRefused):
        await transaction.ask(_NONSENSE)
    for kind in (transaction.writing, transaction.snapshot, transaction.reading):
        with pytest.raises(StatementRefused):
            async with kind() as connection:
                await connection.execute(_NONSENSE)
        await transaction.ask(_NOW)


async def test_a_transaction_that_goes_on_after_a_failure_is_not_committed(
    database: Database,
) -> None:
    """PostgreSQL answers COMMIT with ROLLBACK then, and calls that a success."""

    async def go_on() -> None:
        async with database.writing(queued=False) as connection:
            with pytest.raises(StatementRefused):
                await connection.execute(_NONSENSE)

    with pytest.raises(StatementRefused):
        await go_on()


async def test_who_is_cancelled_leaves_the_connection_clean(database: Database) -> None:
    """In the middle of a statement, with a transaction open."""
    transaction, is_in = SqlTransaction(database), asyncio.Event()

    async def sleep() -> None:
        async with transaction.writing() as connection:
            is_in.set()
            await connection.execute(select(func.pg_sleep(30)))

    task = asyncio.create_task(sleep())
    await is_in.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with transaction.writing() as connection:
        assert not connection.driver.is_closed()
        await connection.execute(_NOW)


class Halted(Exception):
    """What a test stops with."""


@pytest.mark.parametrize("noticed", [True, False])
async def test_a_connection_that_is_lost_is_unavailable(
    database: Database, postgresql_server: PostgreSQL, noticed: bool
) -> None:
    """In the middle of a transaction, at its end, and for one state; the next has a new one."""
    transaction = SqlTransaction(database)

    async def ask() -> None:
        async with transaction.writing() as connection:
            await connection.execute(_NOW)
            postgresql_server.terminate_connections()
            await asyncio.sleep(0.2 * noticed)
            await connection.execute(_NOW)

    async def commit() -> None:
        async with transaction():
            postgresql_server.terminate_connections()
            await asyncio.sleep(0.2 * noticed)

    async def look() -> None:
        async with transaction.snapshot() as connection:
            postgresql_server.terminate_connections()
            await asyncio.sleep(0.2 * noticed)
            await connection.execute(_NOW)

    for each in (ask, commit, look):
        with pytest.raises(StorageUnavailable):
            await each()
        await transaction.ask(_NOW)


@pytest.mark.parametrize("noticed", [True, False])
async def test_what_went_wrong_is_not_hidden_by_a_lost_connection(
    database: Database, postgresql_server: PostgreSQL, noticed: bool
) -> None:
    """Neither what the caller stopped with, nor that it was cancelled."""
    transaction, is_in = SqlTransaction(database), asyncio.Event()

    async def halt() -> None:
        async with transaction():
            postgresql_server.terminate_connections()
            await asyncio.sleep(0.2 * noticed)
            raise Halted

    async def wait() -> None:
        async with transaction():
            postgresql_server.terminate_connections()
            await asyncio.sleep(0.2 * noticed)
            is_in.set()
            await asyncio.Event().wait()

    with pytest.raises(Halted):
        await halt()
    task = asyncio.create_task(wait())
    await is_in.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_who_is_cancelled_in_the_queue_leaves_nothing_to_clear_up(url: str) -> None:
    """The driver would do it, and call it an error of ours."""
    database, complaints = open_database(url, connections=2), list[object]()
    asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))

    async def queue() -> None:
        async with SqlTransaction(database)():
            pass

    async with database.writing(queued=True):
        task = asyncio.create_task(queue())
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert not complaints
    await database.close()


@contextmanager
def _hung(server: PostgreSQL) -> Iterator[None]:
    """The server's processes for our connections stand still; so does what would cancel them."""
    found = server.run(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'farstu'", database="template1"
    )
    backends = [int(pid) for pid in found.split()]
    for pid in backends:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in backends:
            os.kill(pid, signal.SIGCONT)


async def test_a_server_that_hangs_is_unavailable(
    url: str, postgresql_server: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the connection cannot be given back in time."""
    monkeypatch.setattr(postgresql, "_COMMAND_SECONDS", 1.0)
    monkeypatch.setattr(postgresql, "_POOL_SECONDS", 0.3)
    database = open_database(url, connections=1)
    await SqlTransaction(database).ask(_NOW)
    with _hung(postgresql_server), pytest.raises(StorageUnavailable):
        await SqlTransaction(database).ask(_NOW)
    await SqlTransaction(database).ask(_NOW)
    await database.close()


async def test_whoever_finds_no_connection_free_waits_no_longer_than_that(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the connection is there for the next."""
    monkeypatch.setattr(postgresql, "_POOL_SECONDS", 0.1)
    async with database.reading():
        with pytest.raises(StorageUnavailable):
            await asyncio.wait_for(SqlTransaction(database).ask(_NOW), timeout=5)
    await SqlTransaction(database).ask(_NOW)


async def test_a_standby_may_work_later(database: Database) -> None:
    """It takes no writes before it has been promoted."""
    async with database.snapshot() as connection:
        await connection.driver.execute("SET TRANSACTION READ ONLY")
        with pytest.raises(StorageUnavailable):
            await connection.execute(_add("1"))


async def test_a_refusal_shows_no_value(database: Database) -> None:
    """Not even in a traceback: the driver's own text quotes what is there twice."""
    numbered: list[Any] = [_add("100423"), _add("100423\ud800"), _add("100423\0")]
    async with database.snapshot() as connection:
        await connection.execute(numbered[0])
        with pytest.raises(StatementRefused) as twice:
            await connection.execute(numbered[0])
    failures = [twice.value]
    for each in numbered[1:]:
        with pytest.raises(StatementRefused) as failure:
            await database.change(each, {})
        failures.append(failure.value)
    for found in failures:
        assert "100423" not in "".join(traceback.format_exception(found)) + found.detail


def _add(number: str) -> Any:
    return insert(customers).values(id=number[:6], company="elnat", number=number)
