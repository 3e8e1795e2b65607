"""PostgreSQL as a database: who is kept out, and what is left of a connection."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, make_url, select

from broker.storage import migrate_storage
from broker.storage.errors import StatementRefused, StorageUnavailable
from broker.storage.sql.connection import Database
from broker.storage.sql.engine import open_database
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
