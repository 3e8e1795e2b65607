"""The ladders that the page compares: where customers begin, and what stands on the next rung."""

from dataclasses import dataclass, replace

from linking.ladder import Ladder, Level
from linking.tries.bound import YEAR
from tests.simulate.spraying import AMOUNT, PRINTED, Attack


@dataclass(frozen=True, slots=True)
class Rung:
    """A configuration, and how good its second item is."""

    name: str
    ladder: Ladder
    second: float
    no_pressure: bool = False
    is_drawn: bool = True

    def attack(self, customers: int, identities: int, *, first_known: bool) -> Attack:
        """On so many customers, with so many identities, for a year."""
        attack = Attack(
            customers, self.ladder, identities, YEAR, self.second, seeds=1, first_known=first_known
        )
        # Nothing but own waits: the second item tells nothing, and no counter asks for it.
        return replace(attack, no_pressure=True, is_careful=True) if self.no_pressure else attack


RUNGS = (
    Rung("two numbers, own waits alone", Ladder(), 1.0, no_pressure=True),
    Rung("two numbers, then amount and date", Ladder(), AMOUNT),
    Rung("two numbers, then amount and date, then a code",
         Ladder(all_private_reachable=True), AMOUNT),
    Rung("two numbers, then a printed code", Ladder(), PRINTED, is_drawn=False),
    Rung("amount and date from the start", Ladder(private=Level.SECOND_ITEM), AMOUNT,
         is_drawn=False),
    Rung("amount and date from the start, then a code",
         Ladder(private=Level.SECOND_ITEM, all_private_reachable=True), AMOUNT),
    Rung("printed code from the start", Ladder(private=Level.SECOND_ITEM), PRINTED),
    Rung("code to the contact on file from the start", Ladder(private=Level.CODE), 1.0,
         is_drawn=False),
)  # fmt: skip
