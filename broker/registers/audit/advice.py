"""What to change, judged by an audit's figures; the most useful first."""

from collections.abc import Iterator
from typing import Final

from broker.registers.audit.bounds import RANDOM_DIGITS, CompanyBound, Policy, Yearly
from broker.registers.audit.figures import Figures
from broker.registers.audit.in_words import at_most
from linking.ladder import Level, SecondItem

_IN_ORDER: Final = 10.0
"""So many times likelier than blind guessing: the numbers follow the customers."""

_SAFE_NUMBER: Final = 2.0**-30
_SAFE_SECOND: Final = 2.0**-35
_MANY: Final = 0.01

_NOTHING: Final = (
    "Nothing could be measured: there is no accepted invoice of anybody who can be linked. See "
    "that the export holds this company's invoices of the last months."
)

_NAMES: Final = {
    Level.INVOICE: "invoice",
    Level.SECOND_ITEM: "second_item",
    Level.CODE: "code",
}

_KNOWING: Final = {
    "day": "Somebody who knows the day of an invoice",
    "neighbour_1": "Somebody who has the invoice of the next customer number",
    "neighbour_10": "Somebody who has the invoice of a customer number 10 away",
    "neighbour_100": "Somebody who has the invoice of a customer number 100 away",
}


def advice(figures: Figures, bound: CompanyBound, policy: Policy) -> tuple[str, ...]:
    """Sentences for whoever decides about billing and configuration; empty: nothing to change."""
    if not figures.first:
        return (_NOTHING,)
    if bound.configured.takeovers <= policy.target:
        return tuple(_about_one(figures, bound, policy))
    return (
        *_about_missing(figures, policy),
        *_about_ladder(figures, bound, policy),
        *_about_numbers(figures, bound),
        *_about_second(figures, bound),
        *_about_one(figures, bound, policy),
    )


def _about_ladder(figures: Figures, bound: CompanyBound, policy: Policy) -> Iterator[str]:
    enough = [each for each, b in bound.by_level.items() if b.takeovers <= policy.target]
    higher = [each for each in enough if each > policy.ladder.private]
    if not higher:
        yield (
            "No place to begin meets the target: change what stands on the invoices first, or let "
            "codes alone connect anybody (`ladder.private` and `ladder.organisation`)."
        )
        return
    level = min(higher)
    cost = figures.without_second if level is Level.SECOND_ITEM else figures.unreachable
    yield (
        f'Begin at `{_NAMES[level]}` (`ladder.private = "{_NAMES[level]}"`): '
        f"{_at_most(bound.by_level[level], figures)}. {cost:.1%} of those who are asked could "
        "not bring that."
    )


def _about_missing(figures: Figures, policy: Policy) -> Iterator[str]:
    if figures.papers_without_second and policy.ladder.private is Level.INVOICE:
        yield (
            f"{figures.papers_without_second:,} accepted invoices bear no second item, so failures "
            "by others ask nobody for it. Let the export give it for every invoice, or take one "
            "that every invoice bears (`ladder.second_item`)."
        )


def _about_numbers(figures: Figures, bound: CompanyBound) -> Iterator[str]:
    first = figures.first
    blind = first["range"].value if "range" in first else 0.0
    own = max((c.value for name, c in first.items() if name.startswith(("own", "near"))), default=0)
    if own > _IN_ORDER * blind > 0:
        yield (
            "Invoice numbers follow the customer numbers: one's own invoice tells others'. Let the "
            "billing system number invoices in random order, within each run at least."
        )
    if "frequent" in first and first["frequent"].value > _IN_ORDER * blind:
        yield (
            "Some customers have the same invoice number. Look for an export that repeats a "
            "number, or for numbers that say nothing."
        )
    if blind > _SAFE_NUMBER:
        yield (
            f"Draw invoice numbers at random, of {RANDOM_DIGITS} digits: "
            f"{_at_most(bound.random_numbers, figures)}, beginning at the invoice. Where they "
            "must follow each other, print an OCR number with that many random digits."
        )


def _about_second(figures: Figures, bound: CompanyBound) -> Iterator[str]:
    if figures.second_of(figures.second_item).value <= _SAFE_SECOND:
        return
    if figures.second_item == SecondItem.PRINTED_CODE.value:
        yield "Draw the printed codes at random, eight characters of Crockford's alphabet or more."
    else:
        yield (
            "Print a random code of eight characters on each invoice, export it as `code`, set "
            '`ladder.second_item = "printed_code"` and begin there: '
            f"{_at_most(bound.printed_codes, figures)}."
        )


def _about_one(figures: Figures, bound: CompanyBound, policy: Policy) -> Iterator[str]:
    """What remains although the target, which is about everybody, is met."""
    enough, now = max(_MANY, policy.target), bound.configured
    if now.on_one_known > enough:
        yield f"{_aimed_at(figures, now, enough)}. {_what_helps_one(bound, enough)}"
    if figures.unreachable > _MANY:
        yield (
            f"{figures.unreachable:.1%} cannot be sent a code by any way that is in "
            "`ladder.codes` and leaves (`[outbound]`). Letters reach everybody; only then can "
            "failures by others ask for a code."
        )


def _aimed_at(figures: Figures, now: Yearly, enough: float) -> str:
    """Who has how good a chance. What only some can know is said where it makes a difference."""
    everybody = (
        "Attackers who try invoice numbers, and then what else the invoice says, on one customer "
        f"alone, with all their accounts, connect to that one within a year with a chance of "
        f"{now.on_one:.0%} at most"
    )
    if figures.knowing_more is None:
        return everybody
    name, _ = figures.knowing_more
    some = f"{_KNOWING[name]} can aim at this one customer"
    known = f"{some}, and connects within a year with a chance of {now.on_one_known:.0%} at most"
    return f"{everybody}. {known}" if now.on_one > enough else known


def _what_helps_one(bound: CompanyBound, enough: float) -> str:
    """Of three changes, those after which nobody's chance is more than that."""
    changes = {
        "random printed codes, beginning at them": bound.printed_codes,
        f"invoice numbers drawn at random, of {RANDOM_DIGITS} digits": bound.random_numbers,
        "letters (`ladder.codes`), with which failures ask for a code": bound.letters,
    }
    helping = [name for name, each in changes.items() if each.on_one_known <= enough]
    if not helping:
        return "Beginning at `code` ends that."
    return f"Each of these brings that to {enough:.0%} at most: {'; '.join(helping)}."


def _at_most(yearly: Yearly, figures: Figures) -> str:
    return at_most(yearly.takeovers, sum(figures.linkable.values()))
