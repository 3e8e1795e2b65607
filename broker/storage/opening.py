"""Opening the storage: from two URLs to a bundle of ports, and everything closed again after."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from broker.storage.archive import SqlArchive
from broker.storage.bundle import CLOCK_TOLERANCE, Check, Storage
from broker.storage.errors import SchemaMismatch, StorageError, StorageUnavailable
from broker.storage.journal import AuditJournal
from broker.storage.memory import MemoryTransientStore
from broker.storage.notices import Open, Seal, SealedNotices
from broker.storage.ports import TransientStore
from broker.storage.redis.address import is_redis
from broker.storage.retention import Retention
from broker.storage.sql.audit import SqlAuditLog
from broker.storage.sql.clients import SqlClientStore
from broker.storage.sql.codes import SqlCodeStore
from broker.storage.sql.connection import Database
from broker.storage.sql.customer_numbers import SqlCustomerNumbers
from broker.storage.sql.delegations import SqlDelegationStore
from broker.storage.sql.engine import CONNECTIONS, is_in_memory, missing_file, open_database
from broker.storage.sql.first_prints import SqlFirstPrints
from broker.storage.sql.grants import SqlGrantStore
from broker.storage.sql.guards import SqlGuards
from broker.storage.sql.key_fetches import SqlKeyFetches
from broker.storage.sql.keyring import SqlKeyStore
from broker.storage.sql.leases import SqlLeaseStore
from broker.storage.sql.links import SqlLinkStore
from broker.storage.sql.newcomers import SqlNewcomerStore
from broker.storage.sql.objections import SqlObjectionStore
from broker.storage.sql.outbox import SqlOutboxStore
from broker.storage.sql.persons import SqlPersonStore
from broker.storage.sql.register import SqlCustomerIndex
from broker.storage.sql.register_audits import SqlRegisterAudits
from broker.storage.sql.register_copies import SqlRegisterCopies
from broker.storage.sql.revision import DURABLE, TRANSIENT, History, Schema, read_schema
from broker.storage.sql.revisions import SqlRevisions
from broker.storage.sql.sessions import SqlSessionStore
from broker.storage.sql.sqlite import Synchronous
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.transient import SqlTransientStore
from broker.storage.sql.tries import SqlTryStore
from broker.storage.sql.workers import COUNTED_FOR, SqlWorkers

# Whoever asks whether we are ready waits some seconds at most.
_CHECK_SECONDS: Final = 2.0


class Expiring(Protocol):
    """Whose records say themselves when they are over."""

    async def purge(self, now: datetime) -> int: ...


class Passing(TransientStore, Expiring, Protocol):
    """A transient store on any engine."""


class Kept(Protocol):
    """Whose records stay for a while after they are over."""

    async def purge(self, now: datetime, kept: Retention) -> int: ...


@asynccontextmanager
async def open_storage(
    database: str,
    transient: str,
    *,
    seal: Seal,
    open_sealed: Open,
    new_id: Callable[[str], str],
    clock: Callable[[], datetime],
    connections: int = CONNECTIONS,
    counted_for: timedelta = COUNTED_FOR,
) -> AsyncIterator[Storage]:
    """Open every port, and close the connections at the end.

    `database` is `sqlite:///path`, `sqlite://` for memory, or `postgresql://…`; `transient` one of
    these or an address of Redis, and may be the same PostgreSQL. The durable ports in memory are
    the same SQL on SQLite's own memory: a second implementation of their rules in dictionaries
    would be one that production never runs. The transient store in memory is one of its own,
    because it is small, and shows that the port does not lean on SQL. `counted_for`: how long a
    worker counts as alive that is heard of no more.

    A database in memory is migrated here; any other must have been (`migrate_storage`), else this
    raises `SchemaMismatch`; `TransientStoreUnfit` where Redis may forget what it should keep.
    """
    for url in (database, transient):
        _see_that_it_is_there(url)
    async with AsyncExitStack() as stack:
        kept = _opened(stack, database, "FULL", connections)
        durable = await _connect(kept, database, DURABLE)
        passing, is_passing_usable = await _transient(
            stack, transient, clock=clock, shared=kept if transient == database else None
        )
        audit, outbox = SqlAuditLog(durable), SqlOutboxStore(durable)
        persons, links = SqlPersonStore(durable), SqlLinkStore(durable)
        delegations, tries = SqlDelegationStore(durable), SqlTryStore(durable)
        codes = SqlCodeStore(durable, seal=seal, open_sealed=open_sealed)
        sessions, grants = SqlSessionStore(durable), SqlGrantStore(durable)
        index, guards = SqlCustomerIndex(durable), SqlGuards(durable)
        objections, newcomers = SqlObjectionStore(durable), SqlNewcomerStore(durable)
        ageing = (sessions, grants, persons, newcomers, links, delegations, objections, outbox)
        revisions, fetches = SqlRevisions(durable, clock=clock), SqlKeyFetches(durable)
        yield Storage(
            transaction=durable,
            persons=persons,
            links=links,
            delegations=delegations,
            tries=tries,
            codes=codes,
            objections=objections,
            guards=guards,
            newcomers=newcomers,
            sessions=sessions,
            clients=SqlClientStore(durable),
            grants=grants,
            keys=SqlKeyStore(durable),
            audit=audit,
            journal=AuditJournal(audit),
            notices=SealedNotices(outbox, seal=seal, open_sealed=open_sealed, new_id=new_id),
            outbox=outbox,
            index=index,
            numbers=SqlCustomerNumbers(durable),
            copies=SqlRegisterCopies(durable),
            audits=SqlRegisterAudits(durable),
            revisions=revisions,
            workers=SqlWorkers(durable, clock=clock, counted_for=counted_for),
            key_fetches=fetches,
            first_prints=SqlFirstPrints(durable),
            leases=SqlLeaseStore(durable),
            transient=passing,
            archive=SqlArchive(durable, audit),
            check=partial(_check, durable, is_passing_usable, revisions, clock),
            purge=partial(_purge, (passing, tries, codes, index, guards, fetches), ageing),
        )


def _see_that_it_is_there(url: str) -> None:
    """Opening a file would make it, and an empty one looks like a database."""
    if not is_redis(url) and (path := missing_file(url)) is not None:
        raise SchemaMismatch(f"there is no {path}: run farstu db migrate")


def _opened(
    stack: AsyncExitStack, url: str, synchronous: Synchronous, connections: int = CONNECTIONS
) -> Database:
    database = open_database(url, synchronous=synchronous, connections=connections)
    stack.push_async_callback(database.close)
    return database


async def _connect(database: Database, url: str, history: History) -> SqlTransaction:
    """Connect to a database whose schema this release can use."""
    transaction = SqlTransaction(database)
    if is_in_memory(url):
        await _upgrade(database, history)
    schema = await _schema(transaction, history)
    if not schema.is_usable:
        raise SchemaMismatch(f"the {history.name} schema is {schema}: run farstu db migrate")
    return transaction


async def _upgrade(database: Database, history: History) -> None:
    # Imported here: a worker on a migrated database needs neither Alembic nor an engine for it.
    from broker.storage.sql.migrate import upgrade  # noqa: PLC0415

    await upgrade(database, history)


async def _transient(
    stack: AsyncExitStack, url: str, *, clock: Callable[[], datetime], shared: Database | None
) -> tuple[Passing, Callable[[], Awaitable[bool]]]:
    """Open the transient store; return it, and what asks whether it can be used."""
    if is_redis(url):
        # Imported here: the client takes a tenth of a second that an installation on SQLite spares.
        from broker.storage.redis.client import open_client  # noqa: PLC0415
        from broker.storage.redis.transient import RedisTransientStore  # noqa: PLC0415

        redis = RedisTransientStore(open_client(url), clock=clock)
        stack.push_async_callback(redis.close)
        await redis.prove_fit()
        return redis, partial(_is_fit, redis.prove_fit)
    if is_in_memory(url) and shared is None:
        return MemoryTransientStore(clock), _always
    database = shared or _opened(stack, url, "NORMAL")
    transaction = await _connect(database, url, TRANSIENT)
    return SqlTransientStore(transaction, clock=clock), partial(_has_schema, transaction)


async def _schema(transaction: SqlTransaction, history: History) -> Schema:
    async with transaction.reading() as connection:
        return await read_schema(connection, history)


async def _check(
    durable: SqlTransaction,
    is_passing_usable: Callable[[], Awaitable[bool]],
    revisions: SqlRevisions,
    clock: Callable[[], datetime],
) -> Check:
    """Ask everything; what does not answer in time is a no."""
    transient = await _in_time(is_passing_usable())
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            schema = (await _schema(durable, DURABLE)).is_usable
            apart = abs((await revisions.read()).clock - clock()) if schema else CLOCK_TOLERANCE
    except (StorageUnavailable, TimeoutError):
        return Check(database=False, schema=False, transient=transient, clock=False)
    return Check(database=True, schema=schema, transient=transient, clock=apart <= CLOCK_TOLERANCE)


async def _in_time(is_usable: Awaitable[bool]) -> bool:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            return await is_usable
    except TimeoutError:
        return False


async def _always() -> bool:
    return True


async def _is_fit(prove: Callable[[], Awaitable[None]]) -> bool:
    try:
        await prove()
    except StorageError:
        return False
    return True


async def _has_schema(transaction: SqlTransaction) -> bool:
    try:
        return (await _schema(transaction, TRANSIENT)).is_usable
    except StorageUnavailable:
        return False


async def _purge(
    by_themselves: Sequence[Expiring], by_retention: Sequence[Kept], now: datetime, kept: Retention
) -> int:
    """Delete what says itself when it is over, and what is kept for a while after that."""
    expired = [await each.purge(now) for each in by_themselves]
    return sum([*expired, *[await each.purge(now, kept) for each in by_retention]])
