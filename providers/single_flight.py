"""Many want the same answer at once: one of them asks, all of them get it, or its failure."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs one piece of work at a time; a caller that goes away does not stop it for the others."""

    def __init__(self) -> None:
        self._running: asyncio.Task[T] | None = None

    @property
    def is_running(self) -> bool:
        """Whether somebody is asking now."""
        return self._running is not None

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Start the work, or join the one under way, and return or raise what it does."""
        if self._running is None:
            self._running = asyncio.create_task(work())
            self._running.add_done_callback(self._landed)
        return await asyncio.shield(self._running)

    def _landed(self, task: asyncio.Task[T]) -> None:
        self._running = None
        if not task.cancelled():
            task.exception()  # heard, even if every caller has gone away
