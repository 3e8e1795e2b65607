"""Carrying out the plan, and moving keys by hand: the same moves under the same conditions.

Everything is looked at again and done in one serialised transaction, so any number of workers and
people may try at once. A key signs only when it was announced for long enough, and when every
worker that is alive publishes it. New keys are made before the transaction: that takes time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from keys.errors import NoSuchKey
from keys.model import Algorithm, KeyRecord, State
from keys.outcomes import NotEverywhere, NotThere, Outcome, TooYoung, Withdrawn
from keys.plan import Deed, Step, due, plan, signs_from
from keys.ring import spares
from keys.schedule import Schedule
from keys.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Done:
    """What was done; the record is as it is now."""

    deed: Deed
    key: KeyRecord


@dataclass(frozen=True, slots=True)
class Rotation:
    """`algorithms`: the rings that there are; `is_automatic`: they are renewed by themselves.

    Else only what was revoked is made good: a key that signs, and a spare.
    """

    shop: Workshop
    schedule: Schedule
    algorithms: Sequence[Algorithm]
    is_automatic: bool = True

    async def prepared(self, *, now: datetime) -> Mapping[Algorithm, KeyRecord]:
        """The keys that a turn would need now: RSA may take seconds, in which the time goes on."""
        return await self._made(await self.shop.store.all(), now)

    async def turn(
        self, *, now: datetime, fresh: Mapping[Algorithm, KeyRecord] | None = None
    ) -> tuple[Done, ...]:
        """Do what the plan has for now; what waits for a worker is tried again at the next turn.

        `fresh`: keys that were prepared; else they are made here.
        """
        spare_parts = await self.prepared(now=now) if fresh is None else fresh
        async with self.shop.transaction():
            now, behind = await self._around(now)
            records = await self.shop.store.all()
            done = [
                (step.deed, await self._do(step, records, spare_parts, behind, now))
                for step in due(self._plan(records, now), now=now)
            ]
        return tuple(Done(deed, key) for deed, key in done if key is not None)

    async def rotate(
        self, algorithms: Sequence[Algorithm], *, now: datetime, why: str
    ) -> tuple[Outcome, ...]:
        """The next spare of each signs at once, and a new one is announced; an outcome for each.

        All in one step: a change of one ring puts every worker behind for the next.
        """
        rings = tuple(dict.fromkeys(algorithms))
        made = await self.shop.made(rings, now=now)
        async with self.shop.transaction():
            now, behind = await self._around(now)
            outcomes = [await self._succeed(each, "", behind, now=now, why=why) for each in rings]
            await self.shop.refill(made, at=now, why=why)
        return tuple(outcomes)

    async def activate(self, kid: str, *, now: datetime, why: str) -> Outcome:
        """This announced key signs at once, whoever was to be next; raises NoSuchKey."""
        key = await self._key(kid)
        if key.state is not State.ANNOUNCED:
            return NotThere(key)
        return await self._by_hand(key.algorithm, kid, now, why)

    async def retire(self, kid: str, *, now: datetime, why: str) -> Outcome:
        """This key signs no more: the spare does, if it was this one that signed.

        Raises NoSuchKey.
        """
        key = await self._key(kid)
        if key.state is State.SIGNING:
            return await self._by_hand(key.algorithm, "", now, why, instead_of=kid)
        if key.state is not State.ANNOUNCED:
            return NotThere(key)
        made = await self.shop.made([key.algorithm], now=now)
        async with self.shop.transaction():
            key = await self._key(kid)
            if key.state is not State.ANNOUNCED:
                return NotThere(key)
            now = await self.shop.time(after=now)
            gone = await self.shop.moved(key, State.RETIRING, at=now, why=why)
            await self.shop.refill(made, at=now, why=why)
        return Withdrawn(gone)

    async def _around(self, asked_at: datetime) -> tuple[datetime, Sequence[str]]:
        """The time within this transaction, and who does not publish the ring yet."""
        return await self.shop.time(after=asked_at), await self.shop.publishers.behind()

    async def _by_hand(
        self, algorithm: Algorithm, kid: str, now: datetime, why: str, *, instead_of: str = ""
    ) -> Outcome:
        """`instead_of`: only if this key signs still, since somebody else may be as quick."""
        made = await self.shop.made([algorithm], now=now)
        async with self.shop.transaction():
            if instead_of and (key := await self._key(instead_of)).state is not State.SIGNING:
                return NotThere(key)
            now, behind = await self._around(now)
            outcome = await self._succeed(algorithm, kid, behind, now=now, why=why)
            await self.shop.refill(made, at=now, why=why)
        return outcome

    async def _succeed(
        self, algorithm: Algorithm, kid: str, behind: Sequence[str], *, now: datetime, why: str
    ) -> Outcome:
        """The next spare, or this one, signs."""
        records = await self.shop.store.all()
        found = [each for each in spares(records, algorithm) if kid in {"", each.kid}]
        if not found:
            return NotThere(None)
        hindrance = self._hindrance(records, found[0], behind, now)
        if hindrance is not None:
            return hindrance
        return await self.shop.activated(records, found[0], at=now, why=why)

    async def hindrance(
        self, spare: KeyRecord, *, now: datetime
    ) -> TooYoung | NotEverywhere | None:
        """Why this announced key could not sign now: for a look before the act."""
        behind = await self.shop.publishers.behind()
        return self._hindrance(await self.shop.store.all(), spare, behind, now)

    def _hindrance(
        self, records: Sequence[KeyRecord], spare: KeyRecord, behind: Sequence[str], now: datetime
    ) -> TooYoung | NotEverywhere | None:
        ready_at = signs_from(records, spare, self.schedule)
        if ready_at is not None and ready_at > now:
            return TooYoung(spare, ready_at)
        return NotEverywhere(spare, tuple(behind)) if behind else None

    async def _key(self, kid: str) -> KeyRecord:
        for each in await self.shop.store.all():
            if each.kid == kid:
                return each
        raise NoSuchKey(kid)

    async def _made(
        self, records: Sequence[KeyRecord], now: datetime
    ) -> Mapping[Algorithm, KeyRecord]:
        """A key for every ring that will need one within this turn."""
        steps = due(self._plan(records, now), now=now)
        needing = {each.algorithm for each in steps if each.deed is not Deed.REMOVE}
        lonely = [each for each in needing if len(spares(records, each)) <= 1]
        return {each.algorithm: each for each in await self.shop.made(lonely, now=now)}

    def _plan(self, records: Sequence[KeyRecord], now: datetime) -> tuple[Step, ...]:
        return plan(
            records, self.algorithms, self.schedule, now=now, is_automatic=self.is_automatic
        )

    async def _do(
        self,
        step: Step,
        records: Sequence[KeyRecord],
        spare_parts: Mapping[Algorithm, KeyRecord],
        behind: Sequence[str],
        now: datetime,
    ) -> KeyRecord | None:
        by_kid = {each.kid: each for each in records}
        match step.deed:
            case Deed.ACTIVATE:
                if behind:
                    return None
                key = (await self.shop.activated(records, by_kid[step.kid], at=now)).key
                if (fresh := spare_parts.get(step.algorithm)) is not None:
                    await self.shop.refill([fresh], at=now)
                return key
            case Deed.REMOVE:
                return await self.shop.moved(by_kid[step.kid], State.REMOVED, at=now)
            case Deed.ANNOUNCE:
                fresh = spare_parts.get(step.algorithm)
                return await self.shop.announced(fresh, at=now) if fresh is not None else None
