"""This worker among all of all machines: counted before it has seen a key, until it ends."""

import os
import platform
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from broker.app.pace import Pace
from broker.chores.following import Presence
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.storage.errors import StorageError
from broker.storage.key_ports import NOTHING_YET
from broker.wiring.secret_prints import master_marks
from keys import Lease
from keys.lease import Clock


@asynccontextmanager
async def present(
    settings: Settings, storage: Storage, clocks: Sequence[Clock], pace: Pace
) -> AsyncIterator[Presence]:
    """Under a name that says where to look: machine, process, and what tells it from another.

    The ring is to be read after this: whatever changes from now on is followed. By `pace` what is
    seen may be used, and who said something counts.
    """
    name = f"{platform.node()}/{os.getpid()}/{secrets.token_hex(4)}"
    marks = master_marks(settings)
    lease = Lease(pace.knows_for, clocks=clocks)
    counted = Lease(pace.counted_for.total_seconds(), clocks=clocks)
    since = counted.now()
    await storage.workers.show(name, NOTHING_YET, marks)
    counted.renew(since)
    try:
        seen = await storage.revisions.read()
        yield Presence(name, storage.workers, lease, counted, seen, marks)
    finally:
        with suppress(StorageError):  # who cannot say so is forgotten soon
            await storage.workers.leave(name)
