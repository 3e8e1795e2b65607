"""The outbox's chore: what is due leaves, a few at a time, each at least once and noted down once.

A message that cannot be sent is tried again, ever more seldom, and given up in the end. None stops
the others: what fails in an unforeseen way counts as a failed try of that message alone.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from broker.chores.delivery import (
    Again,
    Delivered,
    Delivery,
    Fate,
    Hopeless,
    Unreadable,
    Withheld,
)
from broker.chores.tries import UNREADABLE_EVERY, UNREADABLE_TRIES, next_try
from broker.storage.errors import StorageError
from broker.storage.notices import Notice
from broker.storage.ports import AuditEvent, AuditLog, OutboxMessage, OutboxStore
from broker.telemetry.log import Log, Unexpected
from broker.telemetry.notices import (
    NoticeDelayed,
    NoticeGivenUp,
    NoticeSent,
    NoticeUnreadable,
    NoticeWithheld,
)
from broker.telemetry.places import place_of
from linking.ports import Transaction

EVERY: Final = timedelta(seconds=10)
BATCH: Final = 40
TURN: Final = timedelta(minutes=2)
"""After this no new batch is begun: other periodic work waits."""

_ACTOR: Final = "outbox"
_NOTED: Final = frozenset({"delegation", "link"})
"""What a message was about, in the audit trail too."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """`parallel` messages are under way at the same time."""

    delivery: Delivery
    store: OutboxStore
    audit: AuditLog
    transaction: Transaction
    clock: Callable[[], datetime]
    log: Log
    give_up_after: timedelta
    parallel: int

    async def run(self, now: datetime) -> int:
        """Take out what is due, for one turn; how many messages that were tried."""
        tried, turn = 0, _Turn(asyncio.Semaphore(self.parallel))
        while batch := await self.store.due(now=now, limit=BATCH):
            async with asyncio.TaskGroup() as group:
                for message in batch:
                    group.create_task(self._one(message, turn))
            if turn.failure is not None:
                raise turn.failure
            tried += len(batch)
            if len(batch) < BATCH or self.clock() - now >= TURN:
                break
        return tried

    async def _one(self, message: OutboxMessage, turn: "_Turn") -> None:
        """Deliver, and note what came of it; where storage fails, the rest is left as it is."""
        async with turn.places:
            if turn.failure is not None:
                return
            try:
                await self._note(message, await self._deliver(message, turn.silent), turn.silent)
            except StorageError as error:
                turn.failure = error

    async def _deliver(self, message: OutboxMessage, silent: Mapping[str, str]) -> Fate | None:
        """None for what nobody foresaw."""
        try:
            return await self.delivery.deliver(message, at=self.clock(), silent=silent)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - one message must not stop the others
            self.log.write(Unexpected(message.id, type(error).__name__, place_of(error)))
            return None

    async def _note(
        self, message: OutboxMessage, fate: Fate | None, silent: dict[str, str]
    ) -> None:
        match fate:
            case Delivered(notice, channel):
                if await self._end(message, notice, "notice_sent", channel=channel):
                    self.log.write(NoticeSent(message.id, message.kind, channel))
            case Withheld(notice, reason):
                if await self._end(message, notice, "notice_withheld", reason=reason):
                    self.log.write(NoticeWithheld(message.id, message.kind, reason))
            case Hopeless(notice, reason):
                await self._give_up(message, notice, reason)
            case Again(notice, reason, channel, unreachable):
                if unreachable:
                    silent[unreachable] = reason
                await self._try_again(message, notice, reason, channel)
            case Unreadable():
                await self._set_aside(message)
            case None:
                await self._try_again(message, None, "fault", "")

    async def _try_again(
        self, message: OutboxMessage, notice: Notice | None, reason: str, channel: str
    ) -> None:
        pause = next_try(message.attempts, give_up_after=self.give_up_after)
        if pause is None:
            await self._give_up(message, notice, reason)
            return
        await self.store.failed(message.id, again_at=self.clock() + pause)
        tries, seconds = message.attempts + 1, int(pause.total_seconds())
        self.log.write(NoticeDelayed(message.id, message.kind, channel, reason, tries, seconds))

    async def _set_aside(self, message: OutboxMessage) -> None:
        """A key may be put back, or a release forward; until then it is looked at once a day."""
        if message.attempts >= UNREADABLE_TRIES:
            await self._give_up(message, None, "unreadable")
            return
        await self.store.failed(message.id, again_at=self.clock() + UNREADABLE_EVERY)
        self.log.write(NoticeUnreadable(message.id, message.kind))

    async def _give_up(self, message: OutboxMessage, notice: Notice | None, reason: str) -> None:
        if await self._end(message, notice, "notice_given_up", reason=reason):
            self.log.write(NoticeGivenUp(message.id, message.kind, reason))

    async def _end(
        self, message: OutboxMessage, notice: Notice | None, kind: str, **facts: str
    ) -> bool:
        """Erase it and write down why, both or none; False if another worker has done so."""
        at = self.clock()
        facts |= {"message": message.id, "about": message.kind, "company": message.company}
        if notice is not None:
            facts |= {each: notice.facts[each] for each in _NOTED & notice.facts.keys()}
        async with self.transaction():
            if not await self.store.over(message.id, at=at):
                return False
            customer = notice.customer.id if notice is not None else ""
            await self.audit.append(AuditEvent(kind, at, _ACTOR, customer=customer, facts=facts))
        return True


@dataclass(slots=True)
class _Turn:
    """What one turn has found out: channels that answer nobody, and that storage failed."""

    places: asyncio.Semaphore
    silent: dict[str, str] = field(default_factory=dict)
    failure: StorageError | None = None
