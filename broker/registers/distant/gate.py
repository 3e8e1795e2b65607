"""The one way to a billing system: in turn, with an end to waiting, and not while it is down.

What cannot be had becomes `RegisterUnavailable`, with the register's name and a cause as detail.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from broker.registers.distant.fair_queue import FairQueue, QueueFull
from broker.registers.distant.outages import Outages
from broker.registers.distant.source import SourceFailed
from linking.errors import RegisterUnavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gate:
    """`seconds` is how long one may wait for a place, and then for an answer."""

    name: str
    queue: FairQueue
    outages: Outages
    seconds: float

    async def ask(
        self, asker: bytes, call: Callable[[], Awaitable[T]], *, seconds: float | None = None
    ) -> T:
        """Make a call when it is the asker's turn. Raises RegisterUnavailable.

        `seconds` is what this call may take, where nobody waits for it.
        """
        self._admit(asker)
        try:
            async with asyncio.timeout(self.seconds) as waiting, self.queue.place(asker):
                waiting.reschedule(None)
                return await self._call(asker, call, seconds or self.seconds)
        except QueueFull:
            self._refuse("queue_full")
        except TimeoutError:
            self._refuse("queue_time_out")

    async def _call(self, asker: bytes, call: Callable[[], Awaitable[T]], seconds: float) -> T:
        self._admit(asker)  # once more: much can fail while one waits for a turn
        try:
            with self.outages.asking():
                async with asyncio.timeout(seconds):
                    answer = await call()
        except TimeoutError:
            self.outages.failed(asker)
            self._refuse("time_out")
        except SourceFailed as failed:
            if failed.is_outage:
                self.outages.failed(asker)
            else:
                self.outages.answered()  # a bad answer is an answer
            self._refuse(failed.cause)
        self.outages.answered()
        return answer

    def _admit(self, asker: bytes) -> None:
        if cause := self.outages.refusal(asker):
            self._refuse(cause)

    def _refuse(self, cause: str) -> NoReturn:
        # From nothing: what a driver says of itself may quote a value.
        raise RegisterUnavailable(detail=f"register {self.name}: {cause}") from None
