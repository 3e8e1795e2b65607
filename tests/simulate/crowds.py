"""S5 and S8: many honest people, behind one address and on one billing day."""

import random
from datetime import datetime, timedelta
from statistics import median

from linking.ladder import Ladder, Level
from linking.model import IdentityKey
from linking.ports import Reservation, Tags
from linking.tries.pressure import FAILURES_A_YEAR, Thresholds, daily_for, level_under
from linking.tries.reserving import TryRule
from linking.tries.waiting import OwnWaits
from tests.linking.rightful import Rightful
from tests.linking.tries_in_memory import TriesInMemory
from tests.simulate.attackers import BEGIN
from tests.simulate.findings import Finding, Found
from tests.simulate.people import Customer, typing_time

TRAFFIC = (1, 2, 3, 5, 10)
_OFFICE = b"the office"
_WAITS = OwnWaits()
_FORM_OPEN = timedelta(minutes=1)


def office(name: str, people: int, seed: int) -> Found:
    """A working day behind one address, with somebody who tries from there all day long."""
    chance, tries = random.Random(f"{name} {seed}"), TriesInMemory()
    thresholds = Thresholds(daily_for(1_000_000))
    attacked_until, judged = BEGIN, 0
    added: list[float] = []
    not_own = 0
    for number, seconds in enumerate(sorted(chance.uniform(0, 8 * 3600) for _ in range(people))):
        arrived = BEGIN + timedelta(seconds=seconds)
        while attacked_until < arrived:  # a try a minute, each as somebody else
            _fails(tries, thresholds, f"attacker {attacked_until}", attacked_until, _OFFICE)
            attacked_until += timedelta(minutes=1)
        her = Rightful(
            tries, _WAITS, thresholds, Ladder(), IdentityKey("https://login.example", f"{number}"),
            Tags(b"customer %d" % number, network=_OFFICE),
        )  # fmt: skip
        link(her, Customer("100245", "1007001", chance), arrived)
        judged += len(her.sent)
        not_own += sum(bool(each.own) for each in her.sent[: _WAITS.free + 1])
        added.append(sum(each.priced.total_seconds() for each in her.sent))
    return Found(
        [
            Finding(f"{name}: waits that were not for own failures", not_own, 0, "exact"),
            Finding(f"{name}: people linked", len(added), people, "exact"),
            Finding(f"{name}: seconds added, in the middle", median(added), 2),
        ],
        {name: [median(added), sorted(added)[round(0.99 * people)], max(added)]},
        judged,
    )


def link(her: Rightful, person: Customer, now: datetime) -> None:
    """Send until it is true; the form after a failure is the one that was shown before."""
    level: Level | None = None
    while not (her.sent and her.sent[-1].is_true):
        is_true = person.types() == (person.number, person.invoice)
        typing = typing_time(person.chance)
        sent = her.sends(now, is_true=is_true, typing=typing, level=level)
        now, level = sent.at, sent.level


def alarms(name: str, customers: int, days: int, give_up: float, seed: int) -> Found:
    """Honest traffic alone, once to ten times as much as usual: days on which more is asked for.

    `give_up`: of those who fail, how many never succeed; the others do two minutes later.
    """
    shares, judged = [], 0
    for times in TRAFFIC:
        share, tried = _days_asked_for_more(
            f"{name} {seed} {times}", customers, times, days, give_up
        )
        shares.append(share)
        judged += tried
    return Found(
        [Finding(f"{name}: share of usual days on which more is asked for", shares[0], 0.001)],
        {name: shares},
        judged,
    )


def _days_asked_for_more(
    key: str, customers: int, times: int, days: int, give_up: float
) -> tuple[float, int]:
    chance, tries = random.Random(key), TriesInMemory()
    thresholds = Thresholds(daily_for(customers))
    asked, judged = set[int](), 0
    gap = 365 * 86_400 / (times * FAILURES_A_YEAR * customers)  # seconds between two failures
    now, explained = BEGIN, list[tuple[datetime, Reservation]]()
    while now < BEGIN + timedelta(days=days):
        now += timedelta(seconds=chance.expovariate(1 / gap))
        while explained and explained[0][0] <= now:
            tries.explain(explained.pop(0)[1])
        if level_under(tries.pressure(Tags(b""), now=now), thresholds) is not Level.INVOICE:
            asked.add(min(days - 1, (now - BEGIN) // timedelta(days=1)))
        reserved = _fails(tries, thresholds, f"{judged}", now)
        judged += 1
        if chance.random() >= give_up:
            explained.append((now + timedelta(minutes=2), reserved))
        if judged % 10_000 == 0:
            tries.purge(now)
    return len(asked) / days, judged


def _fails(
    tries: TriesInMemory, thresholds: Thresholds, who: str, now: datetime, network: bytes = b""
) -> Reservation:
    """One failing try by somebody new, on a number of their own, with whatever is asked for."""
    form = TryRule(_WAITS, thresholds, (Ladder(),), Level.SECOND_ITEM, now - _FORM_OPEN)
    identity = IdentityKey("https://login.example", f"once {who}")
    outcome = tries.count(identity, Tags(who.encode(), network=network), form, now=now)
    if not isinstance(outcome, Reservation):
        raise TypeError(f"nobody has to wait here: {outcome}")
    return outcome
