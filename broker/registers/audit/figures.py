"""What an audit found out about one company: counts, shares and chances; never a value.

These are what `--save` keeps. What they come to in a year depends on the rules too, and is worked
out from them whenever it is asked for (`bounds`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from broker.registers.audit.chance import Chance, best
from linking.ladder import Ladder, Level
from linking.model import CustomerKind

WITH_KNOWLEDGE: Final = frozenset({"day", "neighbour_1", "neighbour_10", "neighbour_100"})
"""Guessers who know something about this one customer that cannot be known about everybody."""

LUCK: Final = 3.0
"""So many times denser than all the rest may the densest crowd of a sample be by luck alone."""

_UNMEASURED: Final = Chance(1.0, 0)
"""An export without invoices must not look like numbers that nobody guesses."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one company, on a day.

    `customers` are all that were read and `linkable` those who can be linked, by class; where the
    register is larger than what is looked at (one customer in `one_in`), both are estimates.
    `targets` are those that chances were measured on, `papers` their accepted invoices, of which
    `papers_without_second` bear no second item. The shares are of the linkable; `unreachable` of
    those whom no code can reach by the configured ways that leave.
    """

    company: str
    day: date
    one_in: int
    customers: int
    linkable: Mapping[str, int]
    targets: int
    papers: int
    without_invoice: float
    without_second: float
    without_contact: Mapping[str, float]
    unreachable: float
    second_item: str
    first: Mapping[str, Chance]
    second: Mapping[str, Chance]
    papers_without_second: int = 0

    @property
    def papers_each(self) -> float:
        """Accepted invoices of a target, on average."""
        return self.papers / self.targets if self.targets else 0.0

    @property
    def first_of_many(self) -> Chance:
        """The best that can be tried on everybody."""
        if not self.first:
            return _UNMEASURED
        return best(*(each for name, each in self.first.items() if name not in WITH_KNOWLEDGE))

    @property
    def knowing_more(self) -> tuple[str, Chance] | None:
        """The guesser who is the best against one customer, by what he knows of that one.

        None where that tells him nothing which cannot be tried on everybody: the paper of another
        has to be worth more than luck makes of it (`chances.IN_WINDOW`).
        """
        many = self.first_of_many.value
        telling = {
            name: chance
            for name, chance in self.first.items()
            if name in WITH_KNOWLEDGE and chance.value > many * (1 if name == "day" else LUCK)
        }
        return max(telling.items(), key=lambda each: each[1].value, default=None)

    @property
    def first_of_one(self) -> Chance:
        """The best against one customer, by somebody who knows what can be known of that one."""
        return self.first_of_many if self.knowing_more is None else self.knowing_more[1]

    def at_risk(self, ladder: Ladder) -> int:
        """How many can be guessed at: of the classes that numbers are enough for."""
        classes = [kind for kind in CustomerKind if ladder.base(kind) < Level.CODE]
        return sum(self.linkable[kind.value] for kind in classes or CustomerKind)

    def second_of(self, item: str) -> Chance:
        """The best at the second item; one that was not measured is taken for worthless."""
        if item != self.second_item or not self.second:
            return _UNMEASURED
        return best(*self.second.values())
