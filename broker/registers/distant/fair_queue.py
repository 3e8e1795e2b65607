"""Places for calls under way, given out in turn: nobody's crowd keeps the others waiting.

Whoever asks has a line of their own; the lines take turns. No line may have more than half of the
places, so that there is one for the next who comes, and a full house turns away from the longest.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class QueueFull(Exception):
    """Too many wait already, or this asker's own do."""


class FairQueue:
    """`places` calls at the same time; at most `waiting` more. It runs on one event loop."""

    def __init__(self, places: int, *, waiting: int) -> None:
        self._free = places
        self._most_of_one = max(1, places // 2)
        self._room = waiting
        self._under_way: Counter[bytes] = Counter()
        self._lines: OrderedDict[bytes, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return sum(map(len, self._lines.values()))

    @asynccontextmanager
    async def place(self, asker: bytes) -> AsyncIterator[None]:
        """Have a place when it is this asker's turn. Raises QueueFull."""
        if self._may_begin(asker):
            self._begin(asker)
        else:
            await self._wait(asker)
        try:
            yield
        finally:
            self._end(asker)

    def _may_begin(self, asker: bytes) -> bool:
        return self._free > 0 and self._under_way[asker] < self._most_of_one

    def _begin(self, asker: bytes) -> None:
        self._free -= 1
        self._under_way[asker] += 1

    def _end(self, asker: bytes) -> None:
        self._free += 1
        self._under_way[asker] -= 1
        if not self._under_way[asker]:
            del self._under_way[asker]
        self._admit()

    async def _wait(self, asker: bytes) -> None:
        self._make_room(asker)
        turn = asyncio.get_running_loop().create_future()
        self._lines.setdefault(asker, deque()).append(turn)
        try:
            await turn
        except BaseException:
            # Cancelled, or turned away; the place may have been given in the same moment.
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._end(asker)
            else:
                self._leave(asker, turn)
            raise

    def _make_room(self, asker: bytes) -> None:
        """Where no room is left, the last of the longest line goes, be it who comes now."""
        if self.waiting < self._room:
            return
        longest = max(self._lines, key=lambda each: len(self._lines[each]), default=asker)
        if len(self._lines.get(longest, ())) <= len(self._lines.get(asker, ())) + 1:
            raise QueueFull
        turned_away = self._lines[longest].pop()
        if not turned_away.done():  # else it was given up in this very moment
            turned_away.set_exception(QueueFull())

    def _leave(self, asker: bytes, turn: "asyncio.Future[None]") -> None:
        line = self._lines.get(asker, deque())
        if turn in line:
            line.remove(turn)
        if not line:
            self._lines.pop(asker, None)

    def _admit(self) -> None:
        """Let in whose turn it is; who was let in goes to the end."""
        for asker in list(self._lines):
            if not self._free:
                return
            line = self._lines[asker]
            while line and line[0].done():
                line.popleft()
            if line and self._may_begin(asker):
                line.popleft().set_result(None)
                self._begin(asker)
                self._lines.move_to_end(asker)
            if not line:
                del self._lines[asker]
