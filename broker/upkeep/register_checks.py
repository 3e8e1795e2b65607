"""Registers elsewhere: do they answer, as is documented, and to somebody who can only read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from broker.registers.distant.views import (
    CUSTOMER_REQUIRED,
    INVOICE_REQUIRED,
    KEYS,
    ViewFacts,
    Views,
)
from broker.storage.register_ports import Reading
from broker.upkeep.ages import IMPORT_LATE, IMPORT_MISSED
from broker.upkeep.finding import Finding, Outcome, error, ok, warning

SLOW_SECONDS: Final = 0.5
_TEXTS: Final = frozenset({"text", "varchar", "bpchar", "citext"})
_DOCS: Final = "docs/register.md has the views' columns and the statements that make them."
_REACH: Final = (
    "See that it runs, that this machine may reach it, and that address, user and certificate in "
    "[registers] are right. Who is linked signs in meanwhile; nobody new can connect."
)


def judge_unreachable(register: str, cause: str) -> Finding:
    """It gives no answer that can be used."""
    return error(f"register {register}", f"does not answer: {cause}", _REACH)


def judge_answer(register: str, *, has_size: bool, customers: int) -> Finding:
    """An API that answers as it is described; `customers` is the configured number."""
    name = f"register {register}"
    if has_size or customers:
        return ok(name, "answers as it is described")
    return warning(
        name,
        "answers, but does not say how many customers there are: thresholds are the strictest",
        f"Let it answer `size`, or give `registers.{register}.customers`.",
    )


def judge_views(register: str, views: Views, facts: ViewFacts) -> list[Finding]:
    """Columns, permissions and speed of a billing database's views."""
    name = f"register {register}"
    found = [
        *judge_columns(register, views, facts),
        *_judge_rights(name, facts),
        *_judge_use(name, views, facts),
    ]
    return found or [ok(name, "answers; its views are whole, and our user can only read")]


def judge_columns(register: str, views: Views, facts: ViewFacts) -> list[Finding]:
    """Whether both views are there with the columns that they must have: without them, only errors.

    Whoever reads all of a view asks this first: a row without its columns is one that cannot be
    read, and all rows would be passed over in silence.
    """
    name = f"register {register}"
    return [
        *_judge_columns(name, views.customers, facts.customers, CUSTOMER_REQUIRED),
        *_judge_columns(name, views.invoices, facts.invoices, INVOICE_REQUIRED),
    ]


def judge_reading(company: str, reading: Reading | None, now: datetime) -> Finding:
    """How old the daily reading is that linked customers are judged by."""
    name = f"register of {company}"
    remedy = "See why the chore fails: the broker's log says `chore_failed` each time."
    if reading is None:
        return warning(name, "never read yet", "A broker reads it within a minute of its start.")
    age = now - reading.at
    what = f"read {age.days} days ago" if age.days else "read within a day"
    if age > IMPORT_MISSED:
        return error(name, what, remedy)
    return warning(name, what, remedy) if age > IMPORT_LATE else ok(name, what)


def _judge_columns(
    name: str, view: str, columns: Mapping[str, str] | None, required: Sequence[str]
) -> Iterator[Finding]:
    if columns is None:
        yield error(name, f"there is no view {view} that our user may read", _DOCS)
        return
    if missing := [each for each in required if each not in columns]:
        yield error(name, f"the view {view} lacks {', '.join(missing)}", _DOCS)
    others = [each for each in columns if each in KEYS and columns[each] not in _TEXTS]
    if others:
        yield error(
            name,
            f"in the view {view}, {', '.join(others)} must be text: nothing would be found",
            "Let the view cast them, and index the expression.",
        )


def _judge_rights(name: str, facts: ViewFacts) -> Iterator[Finding]:
    remedy = "Make a user who may only read the two views: docs/register.md shows how."
    if facts.is_superuser:
        yield error(name, "our user there is a superuser", remedy)
    elif facts.may_write:
        what = "1 table or view" if facts.may_write == 1 else f"{facts.may_write} tables or views"
        yield error(name, f"our user there could change {what}", remedy)


def _judge_use(name: str, views: Views, facts: ViewFacts) -> Iterator[Finding]:
    for company in facts.empty:
        yield Finding(
            name,
            Outcome.WARNING,
            f"the view {views.customers} has no customer of {company}",
            "`company` must hold the company's id in this configuration.",
        )
    if "contact_since" not in (facts.customers or {"contact_since": ""}):
        yield warning(
            name,
            f"the view {views.customers} does not say since when a contact is what it is",
            "Add `contact_since`: without it, a code may go to a contact that was changed today.",
        )
    if facts.seconds > SLOW_SECONDS:
        yield warning(
            name,
            f"an invoice that nobody has was looked for during {facts.seconds:.1f} s",
            "Index what the view looks up by: docs/register.md says how.",
        )
