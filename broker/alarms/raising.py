"""Writing an alarm once, however many workers see its cause, and however often."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from broker.storage.errors import StorageError
from broker.storage.ports import Shelf, TransientStore
from broker.telemetry.log import Event, Log

AN_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Alarms:
    """The transient store remembers what was told. Where it does not answer, nothing is."""

    store: TransientStore
    log: Log

    async def raise_once(self, event: Event, cause: str, *, within: timedelta = AN_HOUR) -> bool:
        """Write the event, unless one with this cause was written within that time."""
        key = hashlib.sha256(f"{event.kind}\n{cause}".encode()).digest()
        with suppress(StorageError):
            if await self.store.add(Shelf.ALARM, key, b"1", ttl=within):
                self.log.write(event)
                return True
        return False
