"""What happens to workers, one after the other, so that most of them are always well."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tests.drill.fleet import Member
from tests.drill.forging import header_of
from tests.drill.ledger import Ledger
from tests.drill.pace import HURRIED

KILLED: Final = "killed (-9) and begun anew"
SUSPENDED: Final = "suspended for longer than its lease"
OFF: Final = "clock more than 5 s off"
_OFF_SECONDS: Final = (-8.0, -6.0, 6.0, 8.0, 3600.0)
_LEASE: Final = HURRIED.knows_for


@dataclass(frozen=True, slots=True)
class Misfortunes:
    """`has_other_clock`: whether the database has a clock of its own, so that one can be off."""

    members: Sequence[Member]
    ledger: Ledger
    chance: random.Random
    has_other_clock: bool

    async def happen(self, is_over: Callable[[], bool]) -> None:
        """Until it is over; the last one is waited for."""
        ways = [(KILLED, self._kill), (SUSPENDED, self._suspend)]
        ways += [(OFF, self._turn_clock)] if self.has_other_clock else []
        while not is_over():
            await asyncio.sleep(self.chance.uniform(1, 4))
            name, way = self.chance.choice(ways)
            await way(self.chance.choice(self.members))
            self.ledger.mischief[name] += 1

    async def _kill(self, member: Member) -> None:
        member.kill()
        await asyncio.sleep(self.chance.uniform(0, 2))
        member.start()
        await self._until_ready(member)

    async def _suspend(self, member: Member) -> None:
        """It wakes up in the middle of whatever it did, and is asked for tokens at once."""
        member.sleep()
        await asyncio.sleep(_LEASE + self.chance.uniform(0.5, 14))
        asked = time.time()
        member.wake()
        tokens = await member.mint(4)
        kids = [str(header_of(each)["kid"]) for each in tokens]
        self.ledger.minted(kids, asked=asked, seen=time.time())
        await self._until_ready(member)

    async def _turn_clock(self, member: Member) -> None:
        """As soon as its lease is over it must neither be ready nor sign."""
        await member.turn_clock(self.chance.choice(_OFF_SECONDS))
        await asyncio.sleep(_LEASE + 1)
        self.ledger.unready_missed += await member.is_ready()
        self.ledger.signed_when_off += len(await member.mint(4))
        await member.turn_clock(0)
        await self._until_ready(member)

    async def _until_ready(self, member: Member) -> None:
        while not await member.is_ready():
            await asyncio.sleep(0.1)
