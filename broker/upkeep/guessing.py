"""Whether guessing pays, by the kept audit of each company's register."""

from datetime import datetime, timedelta
from typing import Final

from broker.registers.audit.in_words import at_most
from broker.registers.audit.judging import Judged
from broker.upkeep.finding import Finding, error, ok, warning

AUDIT_OLD: Final = timedelta(days=400)
_AUDIT: Final = (
    "Run `farstu register audit CUSTOMERS.csv INVOICES.csv --save`, or with `--register`: "
    "docs/audit.md."
)


def judge_guessing(company: str, found: Judged | None, now: datetime) -> Finding:
    """One company's: an error where the broker does not start any more."""
    name = f"guessing at {company}"
    if found is None:
        return warning(name, "never measured on the company's own register", _AUDIT)
    what = told(found)
    if age := _age(found, now):
        what, remedy = f"{what}; {age}", _AUDIT
    else:
        remedy = "Change what is asked for, or what stands on invoices: docs/audit.md."
    if found.misses:
        return (error if found.policy.refuses else warning)(name, what, remedy)
    return warning(name, what, remedy) if age else ok(name, what)


def _age(found: Judged, now: datetime) -> str:
    """Why it should be measured anew; empty: no reason."""
    if found.is_of_other_item:
        return "measured with another second item"
    days = (now - found.at).days
    return f"measured {days} days ago" if now - found.at > AUDIT_OLD else ""


def told(found: Judged) -> str:
    """The bound beside the target."""
    bound = at_most(found.bound.configured.takeovers, sum(found.figures.linkable.values()))
    return f"{bound} taken over by guessing; the target is {found.policy.target:g} a year"
