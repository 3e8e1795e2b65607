"""One account's tries, one after the other: so that a crowd of them costs nobody else anything.

A form that is sent twice is then judged once and finds out, rather than racing itself. It holds
within a worker, and counts nothing: how many tries an account has is `linking`'s to say.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from linking import IdentityKey

AT_MOST: Final = 4
"""Under way for one account: the one that is judged, and those that wait for it."""


class TooManyAtOnce(Exception):
    """This account has as many under way as it may; nothing was judged or counted."""


class Turns:
    """Whose tries are under way. It runs on one event loop."""

    def __init__(self) -> None:
        self._locks: dict[IdentityKey, asyncio.Lock] = {}
        self._under_way: dict[IdentityKey, int] = {}

    @asynccontextmanager
    async def of(self, identity: IdentityKey) -> AsyncIterator[None]:
        """Have a turn, after this account's earlier ones. Raises TooManyAtOnce."""
        under_way = self._under_way.get(identity, 0)
        if under_way >= AT_MOST:
            raise TooManyAtOnce
        self._under_way[identity] = under_way + 1
        try:
            async with self._locks.setdefault(identity, asyncio.Lock()):
                yield
        finally:
            self._under_way[identity] -= 1
            if not self._under_way[identity]:
                del self._under_way[identity], self._locks[identity]
