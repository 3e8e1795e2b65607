"""What the figures of an audit come to in a year, under the rules of an installation.

`linking.bound` does the sum; here its parts are put together: for the ladder that a company has and
for the others that it could have. Whatever leans, leans to the attackers' side: all failures that
the whole installation allows may be spent on this one company.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from broker.registers.audit.figures import Figures
from linking.bound import Guessing, Odds
from linking.ladder import Ladder, Level
from linking.pressure import Thresholds
from linking.waiting import OwnWaits


@dataclass(frozen=True, slots=True)
class Rules:
    """The installation's: thresholds for so many customers, own waits, attackers' identities."""

    thresholds: Callable[[int], Thresholds]
    waits: OwnWaits
    identities: int


@dataclass(frozen=True, slots=True)
class Policy:
    """A company's: its ladder, how many takeovers a year it puts up with, and what if it is more.

    `target` is for guessing alone, as the whole bound.
    """

    ladder: Ladder
    target: float
    refuses: bool


@dataclass(frozen=True, slots=True)
class Yearly:
    """The most that guessing can bring in a year: of all customers, and of one who is aimed at.

    The latter is a probability, for somebody who has the paper with the next customer's number.
    """

    takeovers: float
    on_one: float


@dataclass(frozen=True, slots=True)
class CompanyBound:
    """Of the ladder as it is, and of each level at which private customers could begin."""

    configured: Yearly
    by_level: Mapping[Level, Yearly]


def bound_of(figures: Figures, ladder: Ladder, rules: Rules, *, of_all: int) -> CompanyBound:
    """What a company's figures come to; `of_all` customers has the whole installation."""
    return CompanyBound(
        configured=_yearly(figures, ladder, rules, of_all),
        by_level={
            level: _yearly(figures, replace(ladder, private=level), rules, of_all)
            for level in Level
        },
    )


def _yearly(figures: Figures, ladder: Ladder, rules: Rules, of_all: int) -> Yearly:
    guessing = Guessing(
        customers=figures.at_risk(ladder),
        ladder=replace(ladder, private=min(ladder.private, ladder.organisation)),
        thresholds=rules.thresholds(of_all),
        waits=rules.waits,
        identities=rules.identities,
    )
    second = figures.second_of(ladder.second_item.value).value
    on_all = guessing.bound(Odds(figures.first_of_many.value, second))
    on_one = guessing.bound(Odds(figures.first_of_one.value, second))
    return Yearly(on_all.takeovers, min(1.0, on_one.on_one))
