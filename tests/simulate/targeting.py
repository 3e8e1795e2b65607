"""S2 and S4: everybody after one customer, and that customer meanwhile."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from linking.ladder import Ladder, Level
from linking.model import IdentityKey
from linking.ports import Reservation, Tags
from linking.tries.bound import YEAR, Guessing
from linking.tries.pressure import Thresholds, daily_for
from linking.tries.reserving import TryRule
from linking.tries.waiting import OwnWaits
from tests.linking.rightful import Rightful
from tests.linking.tries_in_memory import TriesInMemory
from tests.simulate.attackers import BEGIN
from tests.simulate.crowds import link
from tests.simulate.findings import Finding, Found
from tests.simulate.people import Customer

VICTIM = Tags(b"the customer", network=b"their network")
_CUSTOMERS = 1_000_000
_SECOND = timedelta(seconds=1)


def targeted(name: str, seed: int, *, ladder: Ladder, span: timedelta = YEAR) -> Found:
    """Bursts of a thousand identities every hour for a year, on one customer number."""
    guessing = Guessing(1, ladder, Thresholds(daily_for(_CUSTOMERS)), OwnWaits(), 10**9)
    chance, tries, now = random.Random(f"{name} {seed}"), TriesInMemory(), BEGIN
    first = second = burst = 0
    while now < BEGIN + span:
        for number in range(4):  # who would be refused does not try
            who = IdentityKey("https://login.example", f"{burst}-{number}")
            form = _form(guessing, Level.INVOICE, now)
            first += isinstance(tries.count(who, VICTIM, form, now=now), Reservation)
        # As many with a second item as are let through. Where no code follows, nothing bounds
        # them but own waits, and they would only spoil what the two numbers alone may bring.
        for number in range(101 if ladder.all_private_reachable else 0):
            who = IdentityKey("https://login.example", f"{burst}+{number}")
            form = _form(guessing, Level.SECOND_ITEM, now)
            if not isinstance(tries.count(who, VICTIM, form, now=now), Reservation):
                break
            second += 1
        burst += 1
        now += timedelta(minutes=20 + chance.randrange(60))
        if burst % 100 == 0:
            tries.purge(now)
    most_judged = guessing.tries(guessing.customers, span)
    found = [Finding(f"{name}: tries with two numbers", first, most_judged.first)]
    if ladder.all_private_reachable:
        found.append(Finding(f"{name}: tries with a second item", second, most_judged.second))
    return Found(found, {name: [first, second]}, first + second)


def burst(name: str, identities: int) -> Found:
    """A thousand at once: two numbers are judged exactly three times."""
    guessing = Guessing(1, Ladder(), Thresholds(daily_for(_CUSTOMERS)), OwnWaits(), identities)
    tries = TriesInMemory()
    judged = sum(
        isinstance(
            tries.count(
                IdentityKey("https://login.example", f"{number}"), VICTIM,
                _form(guessing, Level.INVOICE, BEGIN), now=BEGIN,
            ),
            Reservation,
        )
        for number in range(identities)
    )  # fmt: skip
    return Found(
        [Finding(f"{name}: judged of {identities:,} at once", judged, 3, "exact")], judged=judged
    )


def victims(name: str, count: int, seed: int, *, ladder: Ladder) -> Found:
    """As many customers, each alone and each attacked, with the same hands."""
    alone, attacked = [], []
    added_pages = most_priced = 0
    for number in range(count):
        quiet = _link(f"{name} {seed} {number}", ladder, is_attacked=False)
        pressed = _link(f"{name} {seed} {number}", ladder, is_attacked=True)
        alone.append(quiet[0])
        attacked.append(pressed[0])
        added_pages = max(added_pages, pressed[1])
        most_priced = max(most_priced, pressed[2])
    thresholds = Thresholds(daily_for(_CUSTOMERS))
    pages = ladder.asked(Level.CODE) - ladder.private
    return Found(
        [
            Finding(f"{name}: customers not linked", count - len(attacked), 0, "exact"),
            Finding(f"{name}: further pages at the most", added_pages, pages),
            Finding(
                f"{name}: seconds that a form had to wait at the most",
                most_priced,
                thresholds.dearest.total_seconds(),
            ),
        ],
        {
            f"{name} alone, s": _shape(alone),
            f"{name} attacked, s": _shape(attacked),
        },
        2 * count,
    )


def _link(key: str, ladder: Ladder, *, is_attacked: bool) -> tuple[float, int, float]:
    """Seconds until linked; pages asked for anew and seconds of price, the most at one form."""
    chance, tries = random.Random(key), TriesInMemory()
    thresholds = Thresholds(daily_for(_CUSTOMERS))
    her = Rightful(
        tries, OwnWaits(), thresholds, ladder, IdentityKey("https://login.example", "her"), VICTIM
    )
    if is_attacked:
        _besiege(tries, ladder, thresholds)
    link(her, Customer("100245", "1007001", chance), BEGIN)
    seconds = (her.sent[-1].at - BEGIN).total_seconds()
    priced = max(each.priced.total_seconds() for each in her.sent)
    return seconds, sum(each.pages for each in her.sent), priced


def _besiege(tries: TriesInMemory, ladder: Ladder, thresholds: Thresholds) -> None:
    """Every counter that others can raise is as high as it gets, and stays there."""
    guessing = Guessing(1, ladder, thresholds, OwnWaits(), 10**9)
    for number in range(150):
        level = Level.INVOICE if number < 3 else Level.SECOND_ITEM
        who = IdentityKey("https://login.example", f"{number}")
        tries.count(who, VICTIM, _form(guessing, level, BEGIN), now=BEGIN)
    for number in range(150):  # their network, by other customers' numbers
        who = IdentityKey("https://login.example", f"n{number}")
        tags = Tags(b"%d" % number, network=VICTIM.network)
        tries.count(who, tags, _form(guessing, Level.SECOND_ITEM, BEGIN), now=BEGIN)


def _form(guessing: Guessing, level: Level, now: datetime) -> TryRule:
    minute = timedelta(minutes=1)
    return TryRule(guessing.waits, guessing.thresholds, (guessing.ladder,), level, now - minute)


def _shape(seconds: Sequence[float]) -> list[float]:
    """From the shortest to the longest, in two hundred equal steps of rank."""
    ordered = sorted(seconds)
    last = len(ordered) - 1
    return [round(ordered[round(step * last / 200)], 3) for step in range(201)]
