"""This worker among all of all machines: counted before it has seen a key, until it ends."""

import os
import platform
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from broker.chores.following import Presence
from broker.storage import Storage
from broker.storage.errors import StorageError
from keys import Lease
from keys.lease import Clock

_NOTHING_YET = -1


@asynccontextmanager
async def present(
    storage: Storage, clocks: Sequence[Clock], knows_for: float
) -> AsyncIterator[Presence]:
    """Under a name that says where to look: machine, process, and what tells it from another.

    The ring is to be read after this: whatever changes from now on is followed. What is seen may
    be used for `knows_for` seconds.
    """
    name = f"{platform.node()}/{os.getpid()}/{secrets.token_hex(4)}"
    await storage.workers.show(name, _NOTHING_YET)
    lease = Lease(knows_for, clocks=clocks)
    try:
        yield Presence(name, storage.workers, lease, await storage.revisions.read())
    finally:
        with suppress(StorageError):  # who cannot say so is forgotten soon
            await storage.workers.leave(name)
