"""How often an operation of ours goes to its stores: counted before the floor is laid.

The broker runs in this process for that, each operation some times, one at a time. What it asks of
SQL is heard at its connections, what it asks of Redis at the client.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import msgspec
from redis.asyncio import Redis
from sqlalchemy import Select

from broker.storage.sql.postgresql import PostgresConnection
from broker.storage.sql.sqlite import Sqlite, SqliteConnection

TIMES = 7


class Visits(msgspec.Struct, frozen=True):
    """To one database: reads, changes by one statement, and transactions by their statements."""

    reads: int = 0
    changes: int = 0
    transactions: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """All statements."""
        return self.reads + self.changes + sum(self.transactions)


class Trips(msgspec.Struct, frozen=True):
    """Of one operation; `passing` is the file of short-lived things, `redis` its round trips."""

    durable: Visits = Visits()
    passing: Visits = Visits()
    redis: int = 0

    @property
    def size(self) -> int:
        """All of them."""
        return self.durable.size + self.passing.size + self.redis


@dataclass(slots=True)
class _Heard:
    """At one database: `open` are transactions under way, by connection."""

    reads: int = 0
    changes: int = 0
    transactions: list[int] = field(default_factory=list)
    open: dict[int, int] = field(default_factory=dict)

    def say(self, connection: int, sql: str) -> None:
        if sql.startswith("BEGIN"):
            self.open[connection] = 0
        elif connection in self.open:
            self.transactions.append(self.open.pop(connection))

    def execute(self, connection: int, *, is_read: bool) -> None:
        if connection in self.open:
            self.open[connection] += 1
        elif is_read:
            self.reads += 1
        else:
            self.changes += 1

    def visits(self) -> Visits:
        return Visits(self.reads, self.changes, tuple(self.transactions))


@dataclass(slots=True)
class Counter:
    """Hears every statement and every command."""

    redis: int = 0
    durable: _Heard = field(default_factory=_Heard)
    passing: _Heard = field(default_factory=_Heard)
    of_passing: set[int] = field(default_factory=set)

    async def of(self, work: Callable[[], Awaitable[Any]]) -> Trips:
        """Do it some times; what it usually takes: a chore that came between is left out."""
        counted = sorted([await self._once(work) for _ in range(TIMES)], key=lambda t: t.size)
        return counted[len(counted) // 2]

    async def _once(self, work: Callable[[], Awaitable[Any]]) -> Trips:
        self.redis, self.durable, self.passing = 0, _Heard(), _Heard()
        await work()
        return Trips(self.durable.visits(), self.passing.visits(), self.redis)

    def at(self, driver: object) -> _Heard:
        """Where a connection leads."""
        return self.passing if id(driver) in self.of_passing else self.durable


@contextmanager
def counting() -> Iterator[Counter]:
    """Count as long as the context lasts."""
    counter = Counter()
    ask, open_file = Redis.execute_command, Sqlite._open

    async def execute_command(self: Redis, *arguments: Any, **options: Any) -> Any:
        counter.redis += 1
        return await ask(self, *arguments, **options)

    async def opened(self: Sqlite, *pragmas: str) -> SqliteConnection:
        connection = await open_file(self, *pragmas)
        if "-transient" in self.name:
            counter.of_passing.add(id(connection.driver))
        return connection

    with ExitStack() as stack:
        stack.enter_context(patch.object(Redis, "execute_command", execute_command))
        stack.enter_context(patch.object(Sqlite, "_open", opened))
        for kind, verb in ((SqliteConnection, "execute"), (PostgresConnection, "execute_within")):
            stack.enter_context(_heard(kind, verb, counter))
        yield counter


@contextmanager
def _heard(kind: Any, verb: str, counter: Counter) -> Iterator[None]:
    """`verb` is the one through which every statement goes."""
    execute, say = getattr(kind, verb), kind.say

    async def heard_execute(self: Any, *given: Any) -> Any:
        is_read = any(isinstance(each, Select) for each in given)
        counter.at(self.driver).execute(id(self.driver), is_read=is_read)
        return await execute(self, *given)

    async def heard_say(self: Any, sql: str, **how: Any) -> Any:
        counter.at(self.driver).say(id(self.driver), sql)
        return await say(self, sql, **how)

    with patch.object(kind, verb, heard_execute), patch.object(kind, "say", heard_say):
        yield
