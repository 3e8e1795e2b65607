"""S9: at random what the tests of linking do by search; thousands of lives, with and without."""

import random
from datetime import datetime, timedelta

from linking.ladder import Ladder, Level
from linking.model import IdentityKey
from linking.ports import Reservation, Tags
from linking.tries.pressure import Thresholds
from linking.tries.reserving import TryRule
from linking.tries.waiting import OwnWaits
from tests.linking.rightful import Rightful
from tests.linking.tries_in_memory import TriesInMemory
from tests.simulate.attackers import BEGIN
from tests.simulate.findings import Finding, Found

HER = Tags(b"her number", (b"her invoice",), b"her network")
_WAITS = OwnWaits()
_THRESHOLDS = Thresholds(daily=10)
_HER = IdentityKey("https://login.example", "her")


def traces(name: str, count: int, seed: int) -> Found:
    """Each: some failures of her own, then the truth, while others do anything at any moment."""
    late = pages = priced = 0.0
    judged = 0
    for number in range(count):
        chance = random.Random(f"{name} {seed} {number}")
        ladder = Ladder(
            private=chance.choice(list(Level)), all_private_reachable=chance.random() < 0.5
        )
        script = [chance.uniform(0, 900) for _ in range(chance.randrange(12))]
        her = _live(chance, ladder, script)
        judged += len(her.sent)
        late = max(late, *(_late(her, place) for place in range(len(her.sent))))
        pages = max(pages, *(each.pages - _further(ladder) for each in her.sent))
        priced = max(priced, *(each.priced.total_seconds() for each in her.sent))
    dearest = _THRESHOLDS.dearest.total_seconds()
    return Found(
        [
            Finding(f"{name}: seconds later than own wait, a page", late, dearest),
            Finding(f"{name}: pages beyond what the class can bring", pages, 0),
        ],
        {name: [count, late, priced]},
        judged,
    )


def _further(ladder: Ladder) -> int:
    return ladder.asked(Level.CODE) - ladder.private


def _late(her: Rightful, place: int) -> float:
    """Seconds beyond her own wait, for each form that has a price."""
    sent = her.sent[place]
    priced_pages = min(sent.pages + 1, Level.CODE - her.ladder.private)
    return sent.priced.total_seconds() / max(1, priced_pages)


def _live(chance: random.Random, ladder: Ladder, script: list[float]) -> Rightful:
    tries, now = TriesInMemory(), BEGIN

    def others(moment: datetime) -> None:
        if chance.random() < 0.7:
            _attack(tries, ladder, chance, moment)

    her = Rightful(tries, _WAITS, _THRESHOLDS, ladder, _HER, HER, others)
    for pause in script:
        now = her.sends(now, is_true=False).at + timedelta(seconds=pause)
    her.sends(now, is_true=True)
    return her


def _attack(tries: TriesInMemory, ladder: Ladder, chance: random.Random, now: datetime) -> None:
    """Up to a hundred tries at once, by anybody, on whatever, with whatever."""
    tags = Tags(
        chance.choice([HER.customer, HER.customer, b"another"]),
        chance.choice([HER.invoices, ()]),
        chance.choice([HER.network, b"elsewhere"]),
    )
    form = TryRule(
        _WAITS, _THRESHOLDS, (ladder,), chance.choice(list(Level)), now - timedelta(minutes=1)
    )
    is_true = chance.random() < 0.2
    first = chance.randrange(1000)
    for number in range(first, first + chance.randrange(1, 100)):
        who = IdentityKey("https://login.example", f"{number}")
        outcome = tries.count(who, tags, form, now=now)
        if is_true and isinstance(outcome, Reservation):
            tries.explain(outcome)
