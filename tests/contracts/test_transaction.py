"""The contract of `linking.ports.Transaction` over the durable ports."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import pytest
from sqlalchemy import func, select

from broker.storage import Storage
from broker.storage.errors import StorageError, TransactionFailed
from broker.storage.ports import AuditEvent
from linking.model import CustomerId, PersonId
from tests.contracts.samples import NOW, grant, identity, link

_NONSENSE: Final = select(func.no_such_function())


class Halted(Exception):
    """What a test stops with."""


async def halt(storage: Storage) -> None:
    """Change something in a transaction, and fail."""
    async with storage.transaction():
        await storage.persons.admit(identity())
        await storage.audit.append(AuditEvent("linked", NOW, "p1"))
        raise Halted


async def test_all_is_there_afterwards(storage: Storage) -> None:
    """Changes of several ports are committed together."""
    async with storage.transaction():
        await storage.persons.admit(identity())
        customer = await storage.links.customer("elnat", "1", proposed=CustomerId("c1"))
        await storage.links.create(link(customer))
        await storage.audit.append(AuditEvent("linked", NOW, "p1"))
    assert len(await storage.links.of_person(PersonId("p1"))) == 1
    assert (await storage.audit.head()).number == 1


async def test_nothing_is_there_after_an_error(storage: Storage) -> None:
    """Not even what had succeeded before the error."""
    with pytest.raises(Halted):
        await halt(storage)
    assert await storage.persons.find(identity().key) is None
    assert (await storage.audit.head()).number == 0


async def test_a_transaction_reads_its_own_writes(storage: Storage) -> None:
    """What it has changed, it sees."""
    async with storage.transaction():
        await storage.persons.admit(identity())
        assert await storage.persons.find(identity().key) == identity()


async def test_an_inner_transaction_joins_the_outer(storage: Storage) -> None:
    """Its success is provisional until the outermost one ends."""

    async def halt_after_the_inner_one() -> None:
        async with storage.transaction():
            async with storage.transaction():
                await storage.persons.admit(identity())
            raise Halted

    with pytest.raises(Halted):
        await halt_after_the_inner_one()
    assert await storage.persons.find(identity().key) is None


async def test_a_swallowed_error_rolls_back_too(storage: Storage) -> None:
    """Half a change cannot be committed by catching what the other half raised."""

    async def swallow() -> None:
        async with storage.transaction():
            await storage.persons.admit(identity())
            with contextlib.suppress(Halted):
                await halt(storage)

    with pytest.raises(TransactionFailed):
        await swallow()
    assert await storage.persons.find(identity().key) is None


async def test_a_read_that_failed_rolls_back_too(storage: Storage) -> None:
    """PostgreSQL has given up the transaction by then; SQLite may have, for want of the disk."""
    transaction: Any = storage.transaction

    async def read() -> None:
        async with transaction.reading() as connection:
            await connection.execute(_NONSENSE)

    async def swallow(ask: Callable[[], Awaitable[object]]) -> None:
        async with transaction():
            await storage.persons.admit(identity())
            with pytest.raises(StorageError):
                await ask()

    for ask in (read, partial(transaction.ask, _NONSENSE)):
        with pytest.raises(TransactionFailed):
            await swallow(ask)
    assert await storage.persons.find(identity().key) is None


async def test_an_error_after_a_failure_keeps_its_name(storage: Storage) -> None:
    """The caller sees what went wrong, not that the transaction noticed."""

    async def nested() -> None:
        async with storage.transaction():
            await halt(storage)

    with pytest.raises(Halted):
        await nested()


async def test_writers_wait_for_each_other(storage: Storage) -> None:
    """Two transactions that read and then write lose neither's change."""
    at_once = 0

    async def append() -> None:
        nonlocal at_once
        async with storage.transaction():
            at_once += 1
            assert at_once == 1
            await storage.audit.append(AuditEvent("tried", NOW, "p1"))
            await asyncio.sleep(0)
            at_once -= 1

    await asyncio.gather(*(append() for _ in range(10)))
    assert (await storage.audit.head()).number == 10


async def test_a_task_of_a_transaction_has_no_part_in_it(storage: Storage) -> None:
    """Sharing one connection between tasks would mix their statements; it is refused."""
    async with storage.transaction():
        with pytest.raises(RuntimeError, match="task"):
            await asyncio.create_task(storage.grants.redeem(grant()))
    assert await storage.grants.redeem(grant())


async def test_a_cancelled_transaction_leaves_nothing(storage: Storage) -> None:
    """And the next one finds everything as it was."""
    began = asyncio.Event()

    async def never_ends() -> None:
        async with storage.transaction():
            await storage.persons.admit(identity())
            began.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_ends())
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await storage.persons.find(identity().key) is None
    assert await storage.persons.admit(identity()) == identity()
