"""One account tries invoice numbers that lie close together: counted, and told. Nothing more.

The transient store gets keyed hashes alone, which go by themselves after seven days.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass

from broker.alarms.raising import Alarms
from broker.storage.errors import StorageError
from broker.storage.ports import Shelf, TransientStore
from broker.telemetry.alarms import NeighboursTried
from linking import IdentityKey, WaitReferences
from linking.tries.neighbours import MANY, WITHIN, neighbourhoods


@dataclass(frozen=True, slots=True)
class Neighbours:
    """`tag` is a keyed hash of 32 bytes. `references` name the account for who has the database."""

    store: TransientStore
    alarms: Alarms
    tag: Callable[[str], bytes]
    references: WaitReferences

    async def tried(self, who: IdentityKey, numbers: Collection[int], *, login_id: str) -> None:
        """This account tried these invoice numbers; each counts once."""
        with suppress(StorageError):  # what cannot be counted keeps nobody from signing in
            for number in numbers:
                most = await self._count(who, number)
                if most >= MANY:
                    account = self.references.of(who)
                    await self.alarms.raise_once(NeighboursTried(account, most, login_id), account)

    async def _count(self, who: IdentityKey, number: int) -> int:
        """How many of the number's neighbourhood this account has tried; 0 where it had before."""
        if not await self.store.add(
            Shelf.TRIED_NUMBER, self._tag(who, f"number {number}"), b"1", ttl=WITHIN
        ):
            return 0
        return max(
            [
                await self.store.count(Shelf.TRIED_NEAR, self._tag(who, near), window=WITHIN)
                for near in neighbourhoods(number)
            ]
        )

    def _tag(self, who: IdentityKey, what: str) -> bytes:
        return self.tag(f"near {len(who.issuer)} {who.issuer} {len(what)} {what} {who.subject}")
