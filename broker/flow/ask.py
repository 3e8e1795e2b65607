"""Asking for a code within a login: so many times a day for each account, whatever it asks for."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.flow.auth_request import Progress
from broker.oauth.client import Client
from broker.storage.ports import Shelf, TransientStore
from linking import Codes, Medium

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AskForCode:
    """One wish; `at_most` of an account in a day."""

    codes: Codes
    store: TransientStore
    clock: Callable[[], datetime]
    at_most: int

    async def __call__(
        self, progress: Progress, client: Client, number: str, medium: Medium
    ) -> bool:
        """Write it down, the same for every number; False if this account has asked too often."""
        who = hashlib.sha256(f"{progress.who.issuer}\n{progress.who.subject}".encode()).digest()
        if await self.store.count(Shelf.CODE_WISHES, who, window=A_DAY) > self.at_most:
            return False
        await self.codes.ask(client.companies, number, medium, now=self.clock())
        return True
