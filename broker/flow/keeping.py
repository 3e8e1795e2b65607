"""Keeping a login's progress server-side, from the callback to its end.

Only somebody who holds the handle (256 random bits in the sealed flow cookie) can reach it, and two
tabs cannot braid: every change is a compare-and-set, and the one that comes second is told so.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from broker.flow.auth_request import FLOW_SECONDS, AuthRequest, Progress, decode_progress, encode
from broker.storage.ports import Shelf, TransientStore


class LostRace(Exception):
    """Another request of the same login was first, or the login has ended; `request` says which."""

    def __init__(self, request: AuthRequest) -> None:
        super().__init__("another request was first")
        self.request = request


@dataclass(frozen=True, slots=True)
class Kept:
    """Progress with its handle."""

    handle: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Keeping:
    """Puts, finds, changes and ends progress."""

    store: TransientStore
    clock: Callable[[], datetime]
    new_secret: Callable[[], str]

    async def keep(self, progress: Progress) -> Kept:
        """Store new progress under a fresh handle, for what is left of the flow's hour."""
        handle = self.new_secret()
        left = progress.request.created_at + FLOW_SECONDS - self.clock().timestamp()
        await self.store.put(
            Shelf.FLOW, _key(handle), encode(progress), ttl=timedelta(seconds=max(1.0, left))
        )
        return Kept(handle, progress)

    async def find(self, handle: str) -> Kept | None:
        """None when it has ended, expired or was never there."""
        raw = await self.store.get(Shelf.FLOW, _key(handle)) if handle else None
        if raw is None:
            return None
        try:
            progress = decode_progress(raw)
        except msgspec.DecodeError:
            return None
        return (
            None if progress.request.is_over(self.clock().timestamp()) else Kept(handle, progress)
        )

    async def change(self, kept: Kept, progress: Progress) -> Kept:
        """Replace what was read by what it has become; LostRace if it is not what was read."""
        old, new = encode(kept.progress), encode(progress)
        if not await self.store.swap(Shelf.FLOW, _key(kept.handle), old=old, new=new):
            raise LostRace(kept.progress.request)
        return Kept(kept.handle, progress)

    async def end(self, kept: Kept) -> None:
        """Take it away; LostRace when somebody else did, so that a login finishes once."""
        if await self.store.take(Shelf.FLOW, _key(kept.handle)) is None:
            raise LostRace(kept.progress.request)


def _key(handle: str) -> bytes:
    return hashlib.sha256(handle.encode()).digest()
