"""An audit's answer for machines: the same figures under steady names."""

import math
from collections.abc import Mapping
from typing import Any

from broker.cli.auditing.answer import Answer, CompanyAnswer
from broker.cli.auditing.names import LEVELS
from broker.registers.audit.bounds import Yearly
from broker.registers.audit.chance import Chance


def as_json(found: Answer) -> dict[str, Any]:
    """A tree of plain values; a chance that was never met has no bits and no guesses."""
    return {
        "attacker_identities": found.identities,
        "customers": found.customers,
        "yearly": _yearly(found.whole),
        "companies": {each.figures.company: _company(each) for each in found.companies},
    }


def _company(each: CompanyAnswer) -> dict[str, Any]:
    figures, policy = each.figures, each.policy
    return {
        "day": figures.day.isoformat(),
        "one_in": figures.one_in,
        "customers": figures.customers,
        "linkable": dict(figures.linkable),
        "targets": figures.targets,
        "papers": figures.papers,
        "papers_each": figures.papers_each,
        "without_invoice": figures.without_invoice,
        "without_second_item": figures.without_second,
        "invoices_without_second_item": figures.papers_without_second,
        "without_contact": dict(figures.without_contact),
        "unreachable_by_code": figures.unreachable,
        "invoice_number": _chances(figures.first),
        "second_item": {"item": figures.second_item, **_chances(figures.second)},
        "begins_at": LEVELS[policy.ladder.private],
        "most_known_of_one": None if figures.knowing_more is None else figures.knowing_more[0],
        "target": policy.target,
        "meets_target": each.meets_target,
        "yearly": _yearly(each.bound.configured),
        "yearly_by_level": {
            LEVELS[level]: _yearly(bound) for level, bound in each.bound.by_level.items()
        },
        "yearly_with_random_numbers": _yearly(each.bound.random_numbers),
        "yearly_with_printed_codes": _yearly(each.bound.printed_codes),
        "advice": list(each.advice),
    }


def _chances(chances: Mapping[str, Chance]) -> dict[str, Any]:
    return {name: _chance(each) for name, each in chances.items()}


def _chance(each: Chance) -> dict[str, Any]:
    is_met = math.isfinite(each.guesses)
    return {
        "chance": each.value,
        "guesses": each.guesses if is_met else None,
        "bits": each.bits if is_met else None,
        "sample": each.sample,
    }


def _yearly(bound: Yearly) -> dict[str, float]:
    return {
        "takeovers": bound.takeovers,
        "one_customer": bound.on_one,
        "one_customer_known": bound.on_one_known,
    }
