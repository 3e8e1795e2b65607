"""When a key is known to somebody else: what is compromised is gone at once, everywhere.

A token that cannot be checked is better than one that anybody can make. So the announced spare
signs at once where it is safe; where it is not, a fresh key does, as soon as every worker that is
alive publishes it: until then nothing is signed, and clients are told to come again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from keys.errors import MasterKeysInvalid, NoSuchKey
from keys.model import Algorithm, KeyRecord, State
from keys.ring import PUBLISHED, signing_key, spares
from keys.workshop import Workshop


class Scope(StrEnum):
    """What has leaked: single keys; all that the database holds; all that a master key seals."""

    KEY = "key"
    STORE = "store"
    MASTER = "master"


@dataclass(frozen=True, slots=True)
class Leak:
    """`names`: of keys (`kid`) for KEY, of master keys for MASTER.

    For STORE, of the keys that it held; without any, all that are in use are meant.
    """

    scope: Scope
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the ring is after a revocation.

    `signing` has the algorithms for which a key signs; `waiting` those for which a fresh one will
    as soon as every worker publishes it.
    """

    revoked: tuple[KeyRecord, ...]
    signing: tuple[KeyRecord, ...]
    waiting: tuple[KeyRecord, ...]


def compromised(records: Sequence[KeyRecord], leak: Leak) -> tuple[KeyRecord, ...]:
    """The keys that nobody may trust any more; raises NoSuchKey for a `kid` that never was.

    With the store or a master key, those that retire are meant too: their private part may have
    been copied when it was there.
    """
    used = [each for each in records if each.state in PUBLISHED]
    match leak.scope:
        case Scope.KEY:
            for name in leak.names - {each.kid for each in records}:
                raise NoSuchKey(name)
            return tuple(each for each in used if each.kid in leak.names)
        case Scope.STORE:
            return tuple(each for each in used if not leak.names or each.kid in leak.names)
        case Scope.MASTER:
            return tuple(each for each in used if _sealed_by(each, leak.names))


def _sealed_by(record: KeyRecord, masters: Collection[str]) -> bool:
    """Now, or before it was sealed anew or retired: a copy of then is still out there."""
    return not {record.master_key, *record.earlier_masters}.isdisjoint(masters)


def after(records: Sequence[KeyRecord], leak: Leak) -> tuple[KeyRecord, ...]:
    """The announced keys that will sign where a compromised one did: for a look before the act."""
    gone = compromised(records, leak)
    left = [each for each in records if each not in gone]
    losing = {each.algorithm for each in gone if each.state is State.SIGNING}
    return tuple(ready[0] for each in sorted(losing) if (ready := spares(left, each)))


@dataclass(frozen=True, slots=True)
class Emergency:
    """Revokes, whatever the plan says."""

    shop: Workshop

    async def revoke(self, leak: Leak, *, now: datetime, why: str) -> Aftermath:
        """Take them out, and let what is safe sign. Raises NoSuchKey or MasterKeysInvalid."""
        self.check(leak)
        records = await self.shop.store.all()
        losing = {each.algorithm for each in compromised(records, leak)}
        made = await self.shop.made(sorted(losing), now=now)
        async with self.shop.transaction():
            now = await self.shop.time(after=now)
            behind = await self.shop.publishers.behind()
            gone = compromised(await self.shop.store.all(), leak)
            revoked = [await self.shop.moved(each, State.REVOKED, at=now, why=why) for each in gone]
            for algorithm in sorted({each.algorithm for each in gone}):
                await self._succeed(algorithm, is_known=not behind, now=now, why=why)
            await self.shop.refill(made, at=now, why=why)
            return _aftermath(revoked, await self.shop.store.all())

    async def _succeed(
        self, algorithm: Algorithm, *, is_known: bool, now: datetime, why: str
    ) -> None:
        records = await self.shop.store.all()
        ready = self.shop.ready(records, algorithm)
        signs = any(_signs(each, algorithm) for each in records)
        if ready and is_known and not signs:
            await self.shop.activated(records, ready[0], at=now, why=why)

    def check(self, leak: Leak) -> None:
        """Raise MasterKeysInvalid where fresh keys would be sealed by what has leaked."""
        if leak.scope is Scope.MASTER and self.shop.seal.first in leak.names:
            raise MasterKeysInvalid(
                f"the master key '{self.shop.seal.first}' would seal the new keys:"
                " give a newer one first, on every machine"
            )


def _aftermath(revoked: Sequence[KeyRecord], records: Sequence[KeyRecord]) -> Aftermath:
    algorithms = sorted({each.algorithm for each in revoked})
    signing = [
        signing_key(records, each)
        for each in algorithms
        if any(_signs(record, each) for record in records)
    ]
    waiting = [
        ready[0]
        for each in algorithms
        if not any(_signs(record, each) for record in records) and (ready := spares(records, each))
    ]
    return Aftermath(tuple(revoked), tuple(signing), tuple(waiting))


def _signs(record: KeyRecord, algorithm: Algorithm) -> bool:
    return record.state is State.SIGNING and record.algorithm is algorithm
