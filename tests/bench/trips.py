"""How often an operation of ours goes to its stores: counted before the floor is laid.

The broker runs in this process for that, each operation some times, one at a time. What it asks by
SQLAlchemy is heard there, what it asks of Redis at the client.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import msgspec
from redis.asyncio import Redis
from sqlalchemy import Connection, Engine, event

_CHANGES = ("INSERT", "UPDATE", "DELETE")
_BRACKETS = ("BEGIN", "COMMIT", "ROLLBACK")
TIMES = 7


class Trips(msgspec.Struct, frozen=True):
    """Of one operation: single reads, and for each writing transaction its statements.

    `passing_…` are the same in the file of short-lived things; `redis` are its round trips.
    """

    reads: int = 0
    writes: tuple[int, ...] = ()
    passing_reads: int = 0
    passing_writes: tuple[int, ...] = ()
    redis: int = 0


@dataclass(slots=True)
class Counter:
    """Hears every statement and every command."""

    redis: int = 0
    _open: dict[Connection, list[str]] = field(default_factory=lambda: defaultdict(list))
    _done: list[tuple[bool, list[str]]] = field(default_factory=list)

    async def of(self, work: Callable[[], Awaitable[Any]]) -> Trips:
        """Do it some times; what it usually takes."""
        return _usual([await self._once(work) for _ in range(TIMES)])

    async def _once(self, work: Callable[[], Awaitable[Any]]) -> Trips:
        self.redis = 0
        self._open.clear()
        self._done.clear()
        await work()
        for connection in list(self._open):
            self.end(connection)
        return Trips(
            reads=self._reads(passing=False),
            writes=self._writes(passing=False),
            passing_reads=self._reads(passing=True),
            passing_writes=self._writes(passing=True),
            redis=self.redis,
        )

    def hear(self, connection: Connection, statement: str) -> None:
        """A statement is about to go."""
        if not statement.lstrip().upper().startswith(_BRACKETS):
            self._open[connection].append(statement.lstrip().upper())

    def end(self, connection: Connection) -> None:
        """A transaction is over."""
        if statements := self._open.pop(connection, []):
            self._done.append(("-transient" in str(connection.engine.url), statements))

    def _reads(self, *, passing: bool) -> int:
        return sum(
            len(some) for where, some in self._done if where is passing and not _is_writing(some)
        )

    def _writes(self, *, passing: bool) -> tuple[int, ...]:
        return tuple(
            len(some) for where, some in self._done if where is passing and _is_writing(some)
        )


@contextmanager
def counting() -> Iterator[Counter]:
    """Count as long as the context lasts."""
    counter = Counter()
    hooks: list[tuple[str, Callable[..., None]]] = [
        ("before_cursor_execute", lambda c, _cursor, text, *_: counter.hear(c, text)),
        ("commit", counter.end),
        ("rollback", counter.end),
    ]
    ask = Redis.execute_command

    async def execute_command(self: Redis, *arguments: Any, **options: Any) -> Any:
        counter.redis += 1
        return await ask(self, *arguments, **options)

    for name, hook in hooks:
        event.listen(Engine, name, hook)
    try:
        with patch.object(Redis, "execute_command", execute_command):
            yield counter
    finally:
        for name, hook in hooks:
            event.remove(Engine, name, hook)


def _is_writing(statements: list[str]) -> bool:
    return any(each.startswith(_CHANGES) for each in statements)


def _usual(counted: list[Trips]) -> Trips:
    """The middle one by size: a chore that came between is left out."""
    return sorted(counted, key=_size)[len(counted) // 2]


def _size(trips: Trips) -> int:
    asked = trips.reads + trips.passing_reads + trips.redis
    return asked + sum(trips.writes) + sum(trips.passing_writes)
