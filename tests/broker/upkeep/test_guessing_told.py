"""What an operator is told of guessing: figures that can be said, and nothing done already."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broker.registers.audit.bounds import CompanyBound, Policy, Yearly
from broker.registers.audit.in_words import at_most
from broker.registers.audit.judging import Judged
from broker.upkeep.finding import Outcome
from broker.upkeep.guessing import judge_guessing
from linking.ladder import Ladder, SecondItem
from tests.broker.registers.measured import figures

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def kept(takeovers: float, *, days: int = 1, item: str = "amount_and_due_date") -> Judged:
    """An audit that was kept so long ago, with this bound."""
    yearly = Yearly(takeovers, 0.0, 0.0)
    return Judged(
        "elnat",
        NOW - timedelta(days=days),
        figures(1e-5),
        CompanyBound(yearly, {}, yearly, yearly, yearly),
        Policy(Ladder(second_item=SecondItem(item)), 0.01, refuses=False),
    )


@pytest.mark.parametrize(
    ("takeovers", "words"),
    [
        (2_546.3, "at most 2,546 of 30,000 customers a year"),
        (3.14, "at most 3.1 of 30,000 customers a year"),
        (0.0079, "at most one customer in 130 years"),
        (5.8e-8, "less than one customer in a million years"),
        (0.0, "less than one customer in a million years"),
    ],
)
def test_a_bound_is_said_as_people_count(takeovers: float, words: str) -> None:
    """No power of ten, and no figure that nobody knows."""
    assert at_most(takeovers, 30_000) == words


def test_who_has_measured_is_not_told_to_measure() -> None:
    """But what to change."""
    found = judge_guessing("elnat", kept(300.0), NOW)
    assert found.outcome is Outcome.WARNING
    assert "register audit" not in found.remedy
    assert "docs/audit.md" in found.remedy


@pytest.mark.parametrize("how", [{"days": 401}, {"item": "printed_code"}])
@pytest.mark.parametrize("takeovers", [300.0, 1e-9])
def test_figures_that_are_not_of_today_are_measured_anew(
    takeovers: float, how: dict[str, Any]
) -> None:
    """Whether or not they meet the target."""
    found = judge_guessing("elnat", kept(takeovers, **how), NOW)
    assert found.outcome is Outcome.WARNING
    assert "register audit" in found.remedy
    assert "measured" in found.what
