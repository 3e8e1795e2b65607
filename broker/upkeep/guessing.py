"""Whether guessing pays, by the kept audit of each company's register."""

from datetime import datetime, timedelta
from typing import Final

from broker.registers.audit.judging import Judged
from broker.upkeep.finding import Finding, error, ok, warning

AUDIT_OLD: Final = timedelta(days=400)
_AUDIT: Final = "Run `farstu register audit CUSTOMERS.csv INVOICES.csv --save`: docs/audit.md."


def judge_guessing(company: str, found: Judged | None, now: datetime) -> Finding:
    """One company's: an error where the broker does not start any more."""
    name = f"guessing at {company}"
    if found is None:
        return warning(name, "never measured on the company's own register", _AUDIT)
    what = told(found)
    if found.misses:
        remedy = f"docs/audit.md says what to change. {_AUDIT}"
        return (error if found.policy.refuses else warning)(name, what, remedy)
    if found.is_of_other_item:
        return warning(name, f"{what}; measured with another second item", _AUDIT)
    if now - found.at > AUDIT_OLD:
        return warning(name, f"{what}; measured {(now - found.at).days} days ago", _AUDIT)
    return ok(name, what)


def told(found: Judged) -> str:
    """The bound beside the target."""
    return (
        f"at most {found.bound.configured.takeovers:.2g} takeovers a year by guessing; the target "
        f"is {found.policy.target:g}"
    )
