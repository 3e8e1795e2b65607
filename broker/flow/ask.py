"""Asking for a code: so many times a day for each account, whatever it asks for."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.storage.ports import Shelf, TransientStore
from linking import Codes, Company, Medium

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AskForCode:
    """One wish; `at_most` of an account in a day."""

    codes: Codes
    store: TransientStore
    clock: Callable[[], datetime]
    at_most: int

    def rules(self, companies: Collection[str]) -> tuple[Company, ...]:
        """How these companies write their numbers."""
        return tuple(self.codes.companies[company] for company in companies)

    async def __call__(
        self, issuer: str, subject: str, companies: Collection[str], number: str, medium: Medium
    ) -> bool:
        """Write it down, the same for every number; False if this account has asked too often."""
        who = hashlib.sha256(f"{issuer}\n{subject}".encode()).digest()
        if await self.store.count(Shelf.CODE_WISHES, who, window=A_DAY) > self.at_most:
            return False
        await self.codes.ask(companies, number, medium, now=self.clock())
        return True
