"""The floor's stores: the driver alone, small rows found by their key, added by a new one.

Reads and changes are single statements; a transaction is begin, so many statements, commit.
SQLite by aiosqlite as in the broker, PostgreSQL by asyncpg, Redis by one script.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import aiosqlite
import asyncpg
from redis.asyncio import Redis

from tests.bench.trips import Trips, Visits

_ROW = secrets.token_bytes(300)
_KEY = b"\0" * 16
_TABLE = "CREATE TABLE IF NOT EXISTS floor (id {bytes} PRIMARY KEY, body {bytes})"
_SCRIPT = """
local found = redis.call('GET', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return found
"""


class Database(Protocol):
    """One database."""

    async def read(self) -> None: ...

    async def change(self) -> None: ...

    async def write(self, statements: int) -> None: ...


@dataclass(slots=True)
class Sqlite:
    """One writer and one reader of a file."""

    writer: aiosqlite.Connection
    reader: aiosqlite.Connection
    turn: asyncio.Lock

    async def read(self) -> None:
        await self.reader.execute_fetchall("SELECT body FROM floor WHERE id = ?", (_KEY,))

    async def change(self) -> None:
        async with self.turn:
            await self._add()

    async def write(self, statements: int) -> None:
        async with self.turn:
            await self.writer.execute("BEGIN IMMEDIATE")
            for _ in range(statements):
                await self._add()
            await self.writer.execute("COMMIT")

    async def _add(self) -> None:
        row = (secrets.token_bytes(16), _ROW)
        await self.writer.execute("INSERT INTO floor VALUES (?, ?)", row)


@dataclass(slots=True)
class Postgres:
    """A pool."""

    pool: "asyncpg.Pool[asyncpg.Record]"

    async def read(self) -> None:
        await self.pool.fetchrow("SELECT body FROM floor WHERE id = $1", _KEY)

    async def change(self) -> None:
        await self._add(self.pool)

    async def write(self, statements: int) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            for _ in range(statements):
                await self._add(connection)

    async def _add(self, connection: Any) -> None:
        row = (secrets.token_bytes(16), _ROW)
        await connection.execute("INSERT INTO floor VALUES ($1, $2)", *row)


@dataclass(slots=True)
class Stores:
    """What an operation visits."""

    database: Database
    passing: Database
    redis: "Redis | None"
    script: str

    async def visit(self, trips: Trips) -> None:
        """Go there as often as the broker does."""
        for _ in range(trips.redis):
            if self.redis is not None:
                key = secrets.token_hex(16)
                await self.redis.evalsha(self.script, 1, key, _ROW, 60_000)
        await _visit(self.database, trips.durable)
        await _visit(self.passing, trips.passing)


async def _visit(database: Database, visits: Visits) -> None:
    for _ in range(visits.reads):
        await database.read()
    for _ in range(visits.changes):
        await database.change()
    for statements in visits.transactions:
        await database.write(statements)


@asynccontextmanager
async def open_stores(database: str, redis: str) -> AsyncIterator[Stores]:
    """`database` is an address of PostgreSQL or a file's path; `redis` may be empty."""
    opening = _postgres if database.startswith("postgresql:") else _sqlite
    async with opening(database) as (durable, passing):
        client = Redis.from_url(redis) if redis else None
        script = str(await client.script_load(_SCRIPT)) if client else ""
        yield Stores(durable, passing, client, script)
        if client is not None:
            await client.aclose()


@asynccontextmanager
async def _postgres(url: str) -> AsyncIterator[tuple[Database, Database]]:
    async with asyncpg.create_pool(url, min_size=2, max_size=8, reset=_keep) as pool:
        await pool.execute(_TABLE.format(bytes="BYTEA"))
        await pool.execute("INSERT INTO floor VALUES ($1, $2) ON CONFLICT DO NOTHING", _KEY, _ROW)
        one = Postgres(pool)
        yield one, one


async def _keep(_connection: object) -> None:
    """Spare the pool's own reset, which would be a round trip more."""


@asynccontextmanager
async def _sqlite(path: str) -> AsyncIterator[tuple[Database, Database]]:
    async with _file(path, "FULL") as durable, _file(f"{path}-transient", "NORMAL") as passing:
        yield durable, passing


@asynccontextmanager
async def _file(path: str, synchronous: str) -> AsyncIterator[Sqlite]:
    async with (
        aiosqlite.connect(path, isolation_level=None) as writer,
        aiosqlite.connect(path, isolation_level=None) as reader,
    ):
        await writer.execute("PRAGMA journal_mode=WAL")
        await writer.execute(f"PRAGMA synchronous={synchronous}")
        await writer.execute(_TABLE.format(bytes="BLOB"))
        await writer.execute("INSERT OR IGNORE INTO floor VALUES (?, ?)", (_KEY, _ROW))
        yield Sqlite(writer, reader, asyncio.Lock())
