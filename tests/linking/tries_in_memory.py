"""`linking.ports.TryStore` in memory: it counts as the SQL store does, by the hour, and fast.

The simulation and the tests of linking stand on it; `test_tries_in_memory` holds it against the SQL
store, call by call. It knows windows and sums. What they mean is for `TryRule` to say. Time may go
back by less than the day that counts are kept beyond their windows.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from linking.ladder import Level
from linking.model import IdentityKey
from linking.ports import Reservation, Tags
from linking.tries.pressure import OF_ALL, ON_A_CUSTOMER, SHORTER_BY, Pressure
from linking.tries.reserving import NotNow, SoFar, TryRule

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)
_KEPT: Final = timedelta(days=8)
_NOBODY: Final = SoFar()


def _hour(moment: datetime) -> int:
    return (moment - _EPOCH) // _HOUR


class _Counts:
    """How often in each hour; the sum after an hour is remembered until another hour is asked."""

    __slots__ = ("_after", "_by_hour", "_sum")

    def __init__(self) -> None:
        self._by_hour: dict[int, int] = {}
        self._after = -1
        self._sum = 0

    def add(self, hour: int, times: int) -> None:
        self._by_hour[hour] = self._by_hour.get(hour, 0) + times
        if hour > self._after:
            self._sum += times

    def after(self, hour: int) -> int:
        if hour != self._after:
            self._after = hour
            self._sum = sum(count for each, count in self._by_hour.items() if each > hour)
        return self._sum

    def forget_until(self, hour: int) -> bool:
        """Whether nothing is left."""
        self._by_hour = {each: count for each, count in self._by_hour.items() if each > hour}
        return not self._by_hour


@dataclass(frozen=True, slots=True)
class _Try:
    tags: Tags
    level: Level
    at: datetime


@dataclass(slots=True)
class _Own:
    """One identity's tries that still count, and until when without another."""

    forget_at: datetime
    tries: dict[int, _Try] = field(default_factory=dict)
    latest: datetime | None = None

    def drop(self, numbers: list[int]) -> list[_Try]:
        gone = [self.tries.pop(number) for number in numbers]
        self.latest = max((each.at for each in self.tries.values()), default=None)
        return gone


class TriesInMemory:
    """`TryStore`; the same verbs without waiting are `count`, `explain` and `uncount`."""

    def __init__(self) -> None:
        self._own: dict[IdentityKey, _Own] = {}
        self._on_customer: dict[bytes, _Counts] = defaultdict(_Counts)
        self._from_network: dict[bytes, _Counts] = defaultdict(_Counts)
        self._of_all = _Counts()
        self._beyond_first = _Counts()
        self._together: dict[bytes, dict[bytes, datetime]] = {}
        self._number = 0

    async def reserve(
        self, identity: IdentityKey, tags: Tags, rule: TryRule, *, now: datetime
    ) -> Reservation | NotNow:
        return self.count(identity, tags, rule, now=now)

    async def give_back(self, reservation: Reservation, *, explained: bool) -> None:
        self.explain(reservation, explained=explained)

    async def cancel(self, reservation: Reservation) -> None:
        self.uncount(reservation)

    def count(
        self, identity: IdentityKey, tags: Tags, rule: TryRule, *, now: datetime
    ) -> Reservation | NotNow:
        """Ask the rule, and count what it lets through."""
        own = self._own.get(identity)
        if own is not None and own.forget_at <= now:
            own.drop(list(own.tries))
        so_far = _NOBODY if own is None else SoFar(len(own.tries), own.latest)
        if wait := rule.own_wait(so_far, now=now):
            return wait
        so_far = SoFar(so_far.failures, so_far.latest, self.pressure(tags, now=now))
        if not_now := rule.not_now(so_far, now=now):
            return not_now
        if own is None:
            own = self._own[identity] = _Own(now)
        self._number += 1
        own.forget_at = now + rule.memory
        own.tries[self._number] = _Try(tags, rule.counted_as(so_far.pressure), now)
        own.latest = now if own.latest is None else max(own.latest, now)
        self._add(own.tries[self._number], 1)
        for invoice in tags.invoices if tags.customer else ():
            self._together.setdefault(invoice, {})[tags.customer] = now
        wait = rule.wait_if_wrong(so_far, now=now)
        return Reservation(self._number, identity, tags.customer, wait)

    def explain(self, reservation: Reservation, *, explained: bool = True) -> None:
        """After a success: this try, and this identity's others on the same customer number."""
        own = self._own.get(reservation.identity)
        tries = own.tries if own else {}
        tag = reservation.customer_tag
        mine = [n for n, t in tries.items() if tag and t.tags.customer == tag]
        mine = mine or [n for n in tries if n == reservation.id]
        self._take_back(reservation, mine, explained=explained)

    def uncount(self, reservation: Reservation) -> None:
        """This try only: it was not judged, or proved nothing new."""
        own = self._own.get(reservation.identity)
        known = own is not None and reservation.id in own.tries
        self._take_back(reservation, [reservation.id] if known else [], explained=True)

    def counted(self) -> list[Tags]:
        """What still counts against those who tried, in the order it was tried."""
        tries = {n: each for own in self._own.values() for n, each in own.tries.items()}
        return [tries[number].tags for number in sorted(tries)]

    def pressure(self, tags: Tags, *, now: datetime) -> Pressure:
        """What was counted before, as far back as each window goes.

        Of an hour that lies half in it, the day's window has all and the week's has nothing.
        """
        day, week = _hour(now - OF_ALL - SHORTER_BY), _hour(now - ON_A_CUSTOMER)
        return Pressure(
            on_customer=max(
                (_sum(self._on_customer.get(tag), week) for tag in tags.customers), default=0
            ),
            on_invoice=self._others(tags, now - ON_A_CUSTOMER),
            of_all=self._of_all.after(day),
            beyond_first=self._beyond_first.after(day),
            from_network=_sum(self._from_network.get(tags.network), day),
        )

    def purge(self, now: datetime) -> None:
        """Drop what counts no more."""
        oldest = now - _KEPT
        self._own = {key: own for key, own in self._own.items() if own.forget_at > now}
        for counts in (self._on_customer, self._from_network):
            for tag in [t for t, each in counts.items() if each.forget_until(_hour(oldest))]:
                del counts[tag]
        self._of_all.forget_until(_hour(oldest))
        self._beyond_first.forget_until(_hour(oldest))
        for invoice, customers in list(self._together.items()):
            kept = {customer: at for customer, at in customers.items() if at > oldest}
            self._together[invoice] = kept
            if not kept:
                del self._together[invoice]

    def _others(self, tags: Tags, week: datetime) -> int:
        readings = (self._together.get(invoice, {}) for invoice in tags.invoices)
        return max(
            (
                sum(at > week and customer not in tags.customers for customer, at in tried.items())
                for tried in readings
            ),
            default=0,
        )

    def _take_back(self, reservation: Reservation, numbers: list[int], *, explained: bool) -> None:
        if not numbers:
            return
        dropped = self._own[reservation.identity].drop(numbers)
        for number, each in zip(numbers, dropped, strict=True):
            if explained or number == reservation.id:
                self._add(each, -1)

    def _add(self, each: _Try, times: int) -> None:
        """A code cannot be guessed: who tries one changes nothing for others."""
        hour = _hour(each.at)
        if each.tags.network:
            self._from_network[each.tags.network].add(hour, times)
        if each.level < Level.CODE:
            for tag in each.tags.customers:
                self._on_customer[tag].add(hour, times)
            self._of_all.add(hour, times)
        if each.level == Level.SECOND_ITEM:
            self._beyond_first.add(hour, times)


def _sum(counts: _Counts | None, after: int) -> int:
    return 0 if counts is None else counts.after(after)
