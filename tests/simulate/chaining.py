"""Billing in customers' order and two numbers: from each customer taken over to the next one.

No bound holds here, since a guess that is right more often than not pays for itself; it shows what
`farstu register audit` warns of. What is checked is that no more tries *fail* than may.
"""

import heapq
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from linking.ladder import Ladder, Level
from linking.model import IdentityKey
from linking.ports import Reservation, Tags
from linking.tries.bound import YEAR, Guessing
from linking.tries.pressure import Thresholds, daily_for
from linking.tries.reserving import TryRule
from linking.tries.waiting import OwnWaits
from tests.linking.tries_in_memory import TriesInMemory
from tests.simulate.attackers import BEGIN
from tests.simulate.billing import InOrder, in_order
from tests.simulate.findings import Finding, Found

OWN = 5
_EACH = timedelta(seconds=10)
_HOUR = timedelta(hours=1)
_SKIPS = 3
_WEEK = timedelta(days=7, hours=1)


@dataclass(order=True)
class End:
    """Where a chain has come to: the last customer taken over, and how far it looked beyond.

    `skipped` invoice numbers seem to be nobody's.
    """

    ready: datetime
    number: int = field(compare=False)
    up: int = field(compare=False)
    looked: int = field(default=0, compare=False)
    skipped: int = field(default=0, compare=False)


@dataclass
class Chain:
    """Someone with a few accounts of their own, many identities, and all the time of the span.

    The next customer number with the next invoice number; if that is not theirs, the number after
    it, until that invoice number has been tried too widely; then with the invoice number after it,
    and when three are used up, other ends first.
    """

    register: InOrder
    guessing: Guessing
    end: datetime
    tries: TriesInMemory = field(default_factory=TriesInMemory)
    taken: set[int] = field(default_factory=set)
    failed: int = 0
    now: datetime = BEGIN

    def run(self, own: list[int]) -> None:
        """Upwards and downwards from each own account."""
        ends = [End(BEGIN, number, up) for number in own for up in (1, -1)]
        while ends:
            end = heapq.heappop(ends)
            self.now = max(self.now, end.ready)
            if self.now >= self.end:
                return
            end.ready = self._follow(end)
            if 0 < end.number + end.up * end.looked <= self.register.highest:
                heapq.heappush(ends, end)

    def _follow(self, end: End) -> datetime:
        """Look one number farther; when this end is worth another look."""
        number = end.number + end.up * (end.looked + 1)
        guess = self.register.invoices[end.number] + end.up * (1 + end.skipped)
        if number in self.taken:
            end.number, end.looked, end.skipped = number, 0, 0
            return self.now
        who = IdentityKey("https://login.example", f"{number % self.guessing.identities}")
        tags = Tags(b"%d" % number, (b"%d" % guess,))
        form = TryRule(
            self.guessing.waits, self.guessing.thresholds, (self.guessing.ladder,),
            Level.INVOICE, self.now - timedelta(minutes=1),
        )  # fmt: skip
        outcome = self.tries.count(who, tags, form, now=self.now)
        if isinstance(outcome, Reservation):
            self._judge(end, number, guess, outcome)
            self.now += _EACH
            return self.now
        pressure = self.tries.pressure(tags, now=self.now)
        if pressure.on_invoice >= self.guessing.thresholds.on_invoice:
            end.skipped, end.looked = (end.skipped + 1) % _SKIPS, 0
            return self.now + (timedelta(0) if end.skipped else _WEEK)
        self.now = self.now.replace(minute=0, second=0, microsecond=0) + _HOUR
        self.tries.purge(self.now)
        return self.now

    def _judge(self, end: End, number: int, guess: int, reserved: Reservation) -> None:
        if self.register.invoices.get(number) == guess:
            self.tries.explain(reserved)
            self.taken.add(number)
            end.number, end.looked, end.skipped = number, 0, 0
        else:
            self.failed += 1
            end.looked += 1


def chain(name: str, customers: int, seed: int, span: timedelta = YEAR) -> Found:
    """A year of it, with a thousand identities."""
    chance = random.Random(f"{name} {seed}")
    register = in_order(customers, chance)
    thresholds = Thresholds(daily=daily_for(customers))
    guessing = Guessing(customers, Ladder(), thresholds, OwnWaits(), 1_000)
    attack = Chain(register, guessing, BEGIN + span)
    attack.run(chance.sample(list(register.invoices), OWN))
    most = guessing.tries(customers, span).first
    taken = len(attack.taken)
    return Found(
        [Finding(f"{name}: tries that failed", attack.failed, most)],
        {name: [taken, customers]},
        attack.failed + taken,
    )
