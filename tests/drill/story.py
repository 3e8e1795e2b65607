"""Keys change every few seconds while everything goes wrong: nobody may notice.

Workers mint at full speed, services verify all of it, and one misfortune follows another.
"""

import asyncio
import random
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from broker.cli.keyring.asked import Ring
from tests.drill.bad import BadOnes
from tests.drill.fleet import Member
from tests.drill.forging import claims_of, header_of
from tests.drill.ledger import GOOD, OK, Ledger
from tests.drill.misfortunes import Misfortunes
from tests.drill.pace import HURRIED, TOKEN_SECONDS
from tests.drill.services import Service

_AT_ONCE: Final = 48
"""Tokens that a worker is asked for in one request."""
_AGAIN: Final = 250
"""Older tokens that are verified with them."""
_BAD: Final = 12
_OLDEST: Final = TOKEN_SECONDS - 15
"""Seconds: what is older may be over when its turn comes."""
_QUEUED: Final = 2
_ASKING: Final = 12
"""Who asks `/userinfo` at the same time."""


@dataclass(frozen=True, slots=True)
class Minted:
    """A token, and when it was had, or made by the clock of who did, if that is earlier."""

    token: str
    at: float

    def is_over(self) -> bool:
        """By now, whenever somebody was asked: the broker allows no time beyond."""
        return time.time() >= self.at + TOKEN_SECONDS


Queue = asyncio.Queue[list[Minted]]


def _minted(token: str, seen: float) -> Minted:
    return Minted(token, min(seen, claims_of(token)["iat"]))


@dataclass(slots=True)
class Story:
    """Runs until it is told to stop; `ledger` has what came of it."""

    members: Sequence[Member]
    services: Sequence[Service]
    ring: Ring
    chance: random.Random
    has_other_clock: bool
    over_http: int
    ledger: Ledger = field(default_factory=Ledger)
    recent: deque[Minted] = field(default_factory=deque)
    latest: dict[str, str] = field(default_factory=dict)
    _tells_at: float = 30
    _over: bool = False

    async def run(self, *, seconds: float, verified: int, longest: float) -> None:
        """At least so long and so many, and no longer than `longest`."""
        bad = BadOnes(self.ring.shop.seal)
        queues = [Queue(_QUEUED) for _ in self.services]
        misfortunes = Misfortunes(
            self.members, self.ledger, self.chance, has_other_clock=self.has_other_clock
        )
        began = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for each in self.members:
                tasks.create_task(self._mint(each, queues))
            for service, queue in zip(self.services, queues, strict=True):
                tasks.create_task(self._verify(service, queue, bad))
            for _ in range(_ASKING):
                tasks.create_task(self._ask(bad))
            tasks.create_task(self._look(bad))
            tasks.create_task(misfortunes.happen(self.is_over))
            while not self._is_enough(time.monotonic() - began, seconds, verified, longest):
                await asyncio.sleep(0.5)
                self._tell(time.monotonic() - began)
            self._over = True
        for each in self.members:
            await self._come_back(each)

    def _tell(self, passed: float) -> None:
        """Twice a minute, how far it is."""
        if passed >= self._tells_at:
            self._tells_at += 30
            sys.stderr.write(f"{passed:.0f} s: {self.ledger.verified:,} tokens verified\n")

    def _is_enough(self, passed: float, seconds: float, verified: int, longest: float) -> bool:
        ledger = self.ledger
        done = ledger.verified >= verified and ledger.by_broker.total >= self.over_http
        return passed >= longest or (passed >= seconds and done)

    def is_over(self) -> bool:
        """Whether it has been told to stop."""
        return self._over

    async def _mint(self, member: Member, queues: Sequence[Queue]) -> None:
        while not self._over:
            asked = time.time()
            tokens = await member.mint(_AT_ONCE)
            seen = time.time()
            if not tokens:
                await asyncio.sleep(0.1)
                continue
            kids = [str(header_of(each)["kid"]) for each in tokens]
            self.ledger.minted(kids, asked=asked, seen=seen)
            self.latest.update(zip(kids, tokens, strict=True))
            fresh = [_minted(each, seen) for each in tokens]
            self._keep(fresh, seen)
            older = [self.chance.choice(self.recent) for _ in range(_AGAIN)]
            await self._hand_out([*fresh, *older], queues)

    async def _hand_out(self, batch: list[Minted], queues: Sequence[Queue]) -> None:
        """To whoever has time, once somebody has."""
        while not self._over:
            if free := [each for each in queues if not each.full()]:
                for each in free:
                    each.put_nowait(batch)
                return
            await asyncio.sleep(0.005)

    def _keep(self, fresh: Sequence[Minted], seen: float) -> None:
        self.recent.extend(fresh)
        while self.recent and self.recent[0].at < seen - _OLDEST:
            self.recent.popleft()

    async def _verify(self, service: Service, queue: Queue, bad: BadOnes) -> None:
        """What has become too old meanwhile is not asked: nobody has to take it."""
        cache = service.library.cache.here or HURRIED.cached_for
        while not self._over:
            try:
                async with asyncio.timeout(0.5):
                    batch = await queue.get()
            except TimeoutError:
                continue
            oldest = time.time() - _OLDEST
            await self._judge(service, [(GOOD, each.token) for each in batch if each.at > oldest])
            if service.is_shown_bad_ones:
                await self._judge(service, bad.some(_BAD, cache=cache, chance=self.chance))

    async def _judge(self, service: Service, kinds: Sequence[tuple[str, str]]) -> None:
        without, verdicts = service.library.without, self.ledger.of(service.name)
        if without:
            kinds = [each for each in kinds if header_of(each[1])["alg"] not in without]
        words = await service.judge([token for _, token in kinds])
        for (kind, _), word in zip(kinds, words, strict=True):
            verdicts.note(kind, word)

    async def _ask(self, bad: BadOnes) -> None:
        """By HTTP, at any worker: good and bad ones in turn; at leisure once there were enough."""
        verdicts = self.ledger.by_broker
        while not self._over:
            oldest = time.time() - _OLDEST
            good = self.chance.choice(self.recent) if self.recent else None
            kinds = [(GOOD, good.token)] if good is not None and good.at > oldest else []
            kinds += bad.some(1, cache=0.0, chance=self.chance)
            for kind, token in kinds:
                taken = await self.chance.choice(self.members).takes(token)
                if taken is None or (kind == GOOD and good is not None and good.is_over()):
                    continue
                verdicts.note(kind, OK if taken else "refused")
            await asyncio.sleep(0.005 if verdicts.total < self.over_http else 1)

    async def _look(self, bad: BadOnes) -> None:
        """At the ring, several times between two changes of it."""
        while not self._over:
            records = await self.ring.storage.keys.all()
            self.ledger.saw(records, at=time.time())
            bad.look(records, self.latest)
            await asyncio.sleep(0.1)

    async def _come_back(self, member: Member) -> None:
        """After the last misfortune."""
        while not await member.is_ready():
            await asyncio.sleep(0.1)
