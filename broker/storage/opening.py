"""Opening the storage: from two URLs to a bundle of ports, and everything closed again after."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial

from broker.storage.bundle import Check, Storage
from broker.storage.errors import SchemaMismatch, StorageUnavailable
from broker.storage.journal import AuditJournal
from broker.storage.memory import MemoryTransientStore
from broker.storage.notices import Open, Seal, SealedNotices
from broker.storage.sql.audit import SqlAuditLog
from broker.storage.sql.clients import SqlClientStore
from broker.storage.sql.delegations import SqlDelegationStore
from broker.storage.sql.engine import Synchronous, is_in_memory, open_engine
from broker.storage.sql.grants import SqlGrantStore
from broker.storage.sql.keyring import SqlKeyStore
from broker.storage.sql.links import SqlLinkStore
from broker.storage.sql.migrate import upgrade
from broker.storage.sql.outbox import SqlOutboxStore
from broker.storage.sql.persons import SqlPersonStore
from broker.storage.sql.register import SqlCustomerIndex
from broker.storage.sql.revision import DURABLE, TRANSIENT, History, Schema, read_schema
from broker.storage.sql.sessions import SqlSessionStore
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.transient import SqlTransientStore
from broker.storage.sql.waits import SqlWaitStore


@asynccontextmanager
async def open_storage(
    database: str,
    transient: str,
    *,
    seal: Seal,
    open_sealed: Open,
    new_id: Callable[[str], str],
    clock: Callable[[], datetime],
) -> AsyncIterator[Storage]:
    """Open every port, and close the connections at the end.

    `database` and `transient` are `sqlite:///path`, or `sqlite://` for memory. The durable ports
    in memory are the same SQL on SQLite's own memory: a second implementation of their rules in
    dictionaries would be one that production never runs. The transient store in memory is one of
    its own, because it is small, and shows that the port does not lean on SQL.

    A database in memory is migrated here; a file must have been (`migrate_storage`), else this
    raises `SchemaMismatch`.
    """
    async with AsyncExitStack() as stack:
        durable = await _connect(stack, database, DURABLE, "FULL")
        if is_in_memory(transient):
            passing: SqlTransientStore | MemoryTransientStore = MemoryTransientStore(clock)
            passing_transaction = None
        else:
            passing_transaction = await _connect(stack, transient, TRANSIENT, "NORMAL")
            passing = SqlTransientStore(passing_transaction, clock=clock)
        audit = SqlAuditLog(durable)
        outbox = SqlOutboxStore(durable)
        persons = SqlPersonStore(durable)
        waits = SqlWaitStore(durable)
        sessions = SqlSessionStore(durable)
        grants = SqlGrantStore(durable)
        index = SqlCustomerIndex(durable)
        yield Storage(
            transaction=durable,
            persons=persons,
            links=SqlLinkStore(durable),
            delegations=SqlDelegationStore(durable),
            waits=waits,
            sessions=sessions,
            clients=SqlClientStore(durable),
            grants=grants,
            keys=SqlKeyStore(durable),
            audit=audit,
            journal=AuditJournal(audit),
            notices=SealedNotices(outbox, seal=seal, open_sealed=open_sealed, new_id=new_id),
            outbox=outbox,
            index=index,
            transient=passing,
            check=partial(_check, durable, passing_transaction),
            purge=partial(
                _purge, [kept.purge for kept in (passing, waits, sessions, grants, index, persons)]
            ),
        )


async def _connect(
    stack: AsyncExitStack, url: str, history: History, synchronous: Synchronous
) -> SqlTransaction:
    """Connect to a database whose schema this release can use."""
    engine = open_engine(url, synchronous=synchronous)
    stack.push_async_callback(engine.close)
    transaction = SqlTransaction(engine.sql)
    if is_in_memory(url):
        await upgrade(transaction, history)
    schema = await _schema(transaction, history)
    if not schema.is_usable:
        raise SchemaMismatch(f"the {history.name} schema is {schema}: run farstu db migrate")
    return transaction


async def _schema(transaction: SqlTransaction, history: History) -> Schema:
    async with transaction.reading() as connection:
        return await read_schema(connection, history)


async def _check(durable: SqlTransaction, passing: SqlTransaction | None) -> Check:
    database = await _usable(durable, DURABLE)
    transient = passing is None or await _usable(passing, TRANSIENT)
    return Check(database=database is not None, schema=bool(database), transient=bool(transient))


async def _usable(transaction: SqlTransaction, history: History) -> bool | None:
    """Whether the schema is one that we can use; None when the database does not answer."""
    try:
        return (await _schema(transaction, history)).is_usable
    except StorageUnavailable:
        return None


async def _purge(purges: Sequence[Callable[[datetime], Awaitable[int]]], now: datetime) -> int:
    return sum([await purge(now) for purge in purges])
