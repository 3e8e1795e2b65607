"""What the figures of an audit come to in a year, under the rules of an installation.

`linking.tries.bound` does the sum; here its parts are put together: for the ladder that a company
has and for the others that it could have. Whatever leans, leans to the attackers' side: all
failures that the whole installation allows may be spent on this one company.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from broker.registers.audit.figures import Figures
from linking.ladder import Ladder, Level
from linking.tries.bound import Guessing, Odds
from linking.tries.pressure import Thresholds
from linking.tries.waiting import OwnWaits

RANDOM_DIGITS: Final = 12
CODE_BITS: Final = 40
"""Eight characters of Crockford's alphabet."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The installation's: thresholds for so many customers, own waits, attackers' identities."""

    thresholds: Callable[[int], Thresholds]
    waits: OwnWaits
    identities: int


@dataclass(frozen=True, slots=True)
class Policy:
    """A company's: its ladder, how many takeovers a year it puts up with, and what if it is more.

    `target` is for guessing alone, as the whole bound. `beside` are the companies that stand on a
    form with this one: of such a form no more is asked than all of them can answer.
    """

    ladder: Ladder
    target: float
    refuses: bool
    beside: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Yearly:
    """The most that guessing can bring in a year: of all customers, and of one who is aimed at.

    The latter two are probabilities that this one customer is taken over, when all the identities
    do nothing else all year: knowing what can be known of everybody, and knowing more about this
    one (`Figures.knowing_more`), such as the paper with the next customer's number.
    """

    takeovers: float
    on_one: float
    on_one_known: float


@dataclass(frozen=True, slots=True)
class CompanyBound:
    """Of the ladder as it is, and of each level at which private customers could begin.

    And of two changes in what is printed: invoice numbers drawn at random, of `RANDOM_DIGITS`
    digits, beginning at the invoice; and random codes of `CODE_BITS`, beginning at them. And of
    codes by letter, with which failures may ask for a code; all else as it is.
    """

    configured: Yearly
    by_level: Mapping[Level, Yearly]
    random_numbers: Yearly
    printed_codes: Yearly
    letters: Yearly


def bound_of(
    figures: Figures, ladder: Ladder, rules: Rules, *, of_all: int, beside: Iterable[Figures] = ()
) -> CompanyBound:
    """What a company's figures come to; `of_all` customers has the whole installation.

    Where a paper bears no second item, here or at a company `beside` it on a form, failures ask for
    none, and the first is tried at instead.
    """
    first = figures.first_of_many.value, figures.first_of_one.value
    second = figures.second_of(ladder.second_item.value).value
    at_random = figures.papers_each / 10**RANDOM_DIGITS

    is_short = any(each.papers_without_second for each in (figures, *beside))
    short = ladder.in_force(()) if is_short else ladder

    def yearly(
        level: Level,
        first: tuple[float, float],
        second: float,
        *,
        of: Ladder = short,
        letters: bool = False,
    ) -> Yearly:
        reachable = of.all_private_reachable or letters
        begun = replace(of, private=level, all_private_reachable=reachable)
        return _yearly(figures, begun, rules, of_all=of_all, first=first, second=second)

    return CompanyBound(
        configured=yearly(ladder.private, first, second),
        by_level={level: yearly(level, first, second) for level in Level},
        random_numbers=yearly(Level.INVOICE, (at_random, at_random), second),
        printed_codes=yearly(Level.SECOND_ITEM, first, 2.0**-CODE_BITS, of=ladder),
        letters=yearly(ladder.private, first, second, letters=True),
    )


def _yearly(
    figures: Figures,
    ladder: Ladder,
    rules: Rules,
    *,
    of_all: int,
    first: tuple[float, float],
    second: float,
) -> Yearly:
    at_risk = figures.at_risk(ladder)
    guessing = Guessing(
        customers=at_risk,
        ladder=replace(ladder, private=min(ladder.private, ladder.organisation)),
        thresholds=rules.thresholds(of_all),
        waits=rules.waits,
        identities=rules.identities,
    )
    of_many, of_one = first
    bound = guessing.bound(Odds(of_many, second))
    known = guessing.bound(Odds(of_one, second)).on_one
    return Yearly(min(bound.takeovers, float(at_risk)), min(1.0, bound.on_one), min(1.0, known))
