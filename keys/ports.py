"""What keys needs from the world."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from keys.model import KeyRecord, State


class Transaction(Protocol):
    """`async with transaction():` — all or nothing, serialised against other writers."""

    def __call__(self) -> AbstractAsyncContextManager[None]: ...


class KeyStore(Protocol):
    """The durable key ring. A revoked `kid` is never forgotten."""

    async def all(self) -> Sequence[KeyRecord]:
        """Every record, oldest first."""
        ...

    async def add(self, record: KeyRecord) -> bool:
        """Store a new key; False if its `kid` is already there."""
        ...

    async def change(self, record: KeyRecord, *, was: State) -> bool:
        """Replace the record if it still is in the state `was`; False if somebody was first."""
        ...


class Publishers(Protocol):
    """Who answers with the JWK Set: every worker that is alive, on every machine."""

    async def behind(self) -> Sequence[str]:
        """Those that do not publish the ring yet as it is stored now, by name.

        A worker counts for longer than it uses a ring that it cannot look at any more; so who is
        not counted neither publishes nor signs.
        """
        ...

    async def time(self) -> datetime:
        """What time it is for all of them, as of now within a transaction."""
        ...


class KeyJournal(Protocol):
    """Writes down what is done to a key, in the transaction in which it is done."""

    async def note(self, deed: str, key: KeyRecord, *, at: datetime, why: str) -> None:
        """`why` is said by who acts; empty for what happens by plan."""
        ...
