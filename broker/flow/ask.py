"""Asking for a code: so many times a day for each account, and so many letters a week.

Whatever it asks for, and counting its own asking alone: what others ask for limits nobody here.
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from broker.storage.ports import Shelf, TransientStore
from linking import Codes, Company, IdentityKey, Medium

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)


class Asked(Enum):
    """What came of asking; of the customer it says nothing."""

    WRITTEN = auto()
    TOO_OFTEN = auto()
    TOO_MANY_LETTERS = auto()


@dataclass(frozen=True, slots=True)
class AskForCode:
    """One wish; `at_most` of an account in a day, `letters` of them by letter in seven days."""

    codes: Codes
    store: TransientStore
    clock: Callable[[], datetime]
    at_most: int
    letters: int

    def rules(self, companies: Collection[str]) -> tuple[Company, ...]:
        """How these companies write their numbers."""
        return tuple(self.codes.companies[company] for company in companies)

    async def __call__(
        self, issuer: str, subject: str, companies: Collection[str], number: str, medium: Medium
    ) -> Asked:
        """Write it down, the same for every number; or nothing, if this account has had enough."""
        who = f"{issuer}\n{subject}"
        if await self.store.count(Shelf.CODE_WISHES, _key(who), window=A_DAY) > self.at_most:
            return Asked.TOO_OFTEN
        if medium is Medium.LETTER and not await self._may_have_a_letter(who):
            return Asked.TOO_MANY_LETTERS
        asker = IdentityKey(issuer, subject)
        await self.codes.ask(companies, number, medium, now=self.clock(), asker=asker)
        return Asked.WRITTEN

    async def _may_have_a_letter(self, who: str) -> bool:
        """Take a place that is free; each is free again seven days after it was taken.

        A counter would begin anew for all at once: many on the two days on either side of that.
        """
        for place in range(self.letters):
            key = _key(f"{who}\n{place}")
            if await self.store.add(Shelf.CODE_LETTERS, key, b"", ttl=A_WEEK):
                return True
        return False


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
