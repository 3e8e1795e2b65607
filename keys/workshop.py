"""Where keys are made and changed: what every deed is put together from.

Whoever calls within a transaction has looked at the ring within the same one.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from keys.errors import ForbiddenMove
from keys.generate import new_record
from keys.jwk import RSA_BITS
from keys.model import Algorithm, KeyRecord, State
from keys.ports import KeyJournal, KeyStore, Publishers, Transaction
from keys.ring import PUBLISHED, move, spares
from keys.seal import Seal
from keys.sealing import UNOPENED, private_key, vouched


@dataclass(frozen=True, slots=True)
class Activated:
    """This key signs from now on; those before it retire."""

    key: KeyRecord
    retired: tuple[KeyRecord, ...]


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where keys are made and changed. `rsa_bits`: of new RSA keys."""

    store: KeyStore
    transaction: Transaction
    seal: Seal
    publishers: Publishers
    journal: KeyJournal
    rsa_bits: int = RSA_BITS

    async def made(self, algorithms: Iterable[Algorithm], *, now: datetime) -> list[KeyRecord]:
        """New keys, in nobody's ring yet; away from the loop, since RSA takes its time."""
        return [
            await asyncio.to_thread(
                new_record, algorithm, self.seal, now=now, rsa_bits=self.rsa_bits
            )
            for algorithm in algorithms
        ]

    async def time(self, *, after: datetime) -> datetime:
        """What time it is within this transaction, and not `after`, when it was asked for.

        Between the two the machine may have slept for an hour, in which others went on to sign.
        """
        return max(after, await self.publishers.time())

    async def moved(self, key: KeyRecord, to: State, *, at: datetime, why: str = "") -> KeyRecord:
        """The key in its new state, stored and written down.

        What shall sign, or be published for what it has signed, is opened first: nothing vouches
        for a record that somebody else has written. Raises one of `keys.sealing.UNOPENED`. What is
        taken out need not open.
        """
        if to in PUBLISHED:
            private_key(key, self.seal)
        changed = vouched(move(key, to, at=at), self.seal)
        if not await self.store.change(changed, was=key.state):
            raise ForbiddenMove(f"the key {key.kid} was changed by somebody else meanwhile")
        await self.journal.note(to.value, changed, at=at, why=why)
        return changed

    async def announced(self, key: KeyRecord, *, at: datetime, why: str = "") -> KeyRecord:
        """A new key, stored and written down: announced from then on, whenever it was made."""
        key = replace(key, announced_at=at)
        if await self.store.add(key):
            await self.journal.note(State.ANNOUNCED.value, key, at=at, why=why)
        return key

    async def activated(
        self, records: Sequence[KeyRecord], spare: KeyRecord, *, at: datetime, why: str = ""
    ) -> Activated:
        """The spare signs; what signed retires."""
        retired = [
            await self.moved(each, State.RETIRING, at=at, why=why)
            for each in records
            if each.state is State.SIGNING and each.algorithm is spare.algorithm
        ]
        return Activated(await self.moved(spare, State.SIGNING, at=at, why=why), tuple(retired))

    async def refill(
        self, made: Iterable[KeyRecord], *, at: datetime, why: str = ""
    ) -> tuple[KeyRecord, ...]:
        """Announce what was made where no spare is left; those that were."""
        records = await self.store.all()
        needed = [each for each in made if not self.ready(records, each.algorithm)]
        return tuple([await self.announced(each, at=at, why=why) for each in needed])

    def ready(self, records: Sequence[KeyRecord], algorithm: Algorithm) -> list[KeyRecord]:
        """The announced keys that open, the one that signs next first."""
        return [each for each in spares(records, algorithm) if self._opens(each)]

    def _opens(self, key: KeyRecord) -> bool:
        try:
            private_key(key, self.seal)
        except UNOPENED:
            return False
        return True
