"""Figures of an audit as they could have been measured."""

from datetime import date

from broker.registers.audit.chance import Chance
from broker.registers.audit.figures import Figures

N = 30_000


def figures(
    first: float, *, with_paper: float = 0.0, second: float = 1e-5, company: str = "elnat"
) -> Figures:
    """A company's, whose numbers are worth so much."""
    return Figures(
        company=company,
        day=date(2026, 11, 26),
        one_in=1,
        customers=N + 5_000,
        linkable={"private": N, "organisation": 2_000},
        targets=N,
        papers=14 * N,
        without_invoice=0.01,
        without_second=0.02,
        without_contact={"email": 0.2, "sms": 0.1},
        unreachable=0.05,
        second_item="amount_and_due_date",
        first={"range": Chance(first, N), "neighbour_1": Chance(with_paper, N)},
        second={"in_run": Chance(second, N)},
    )
