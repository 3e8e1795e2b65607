"""What keys needs from the world."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
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
