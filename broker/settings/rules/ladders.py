"""Ladders: what is asked for can be had, tells something, and is the same for all on one form.

A way in `codes` that has no way out is no fault by itself, whichever it is: forms offer what leaves
and nothing else, and `farstu config check` and `farstu doctor` warn.
"""

from collections.abc import Iterator
from typing import Final

from broker.settings.problem import Problem
from broker.settings.schema import ClientSettings, CompanySettings, Settings

_OR_APART: Final = "or let each have a portal of its own."
_KINDS: Final = {"private": "private customers", "organisation": "organisations"}


def codes_are_sent(settings: Settings) -> Iterator[Problem]:
    """Whoever begins at a code must be able to get one: organisations do unless said otherwise."""
    leaving = settings.outbound.ways
    for name, company in settings.companies.items():
        ladder, path = company.ladder, f"companies.{name}.ladder.codes"
        begin = [kind for kind in _KINDS if getattr(ladder, kind) == "code"]
        if not begin or leaving.intersection(ladder.codes):
            continue
        who = " and ".join(map(_KINDS.__getitem__, begin))
        keys = " and ".join(f"`ladder.{kind}`" for kind in begin)
        if not ladder.codes:
            yield Problem(
                path,
                f"Empty, but {who} would have to show a code ({keys}), and none is ever sent.",
                f"Name the ways that codes are sent by, or begin with an invoice in {keys}.",
            )
        elif leaving:  # while nothing leaves at all, messages wait, and the doctor says so
            yield Problem(
                path,
                f"None of these leaves (`[outbound]`), but {who} would have to show a code "
                f"({keys}).",
                "Say in [outbound] how they leave (`docs/notices.md`), name a way that does, or "
                f"begin with an invoice in {keys}.",
            )


def second_items_tell_more(settings: Settings) -> Iterator[Problem]:
    """What is known from the first number is no second item."""
    for name, company in settings.companies.items():
        if company.ladder.second_item == "ocr" and (reason := _tells_nothing(company)):
            yield Problem(
                f"companies.{name}.ladder.second_item",
                reason,
                "Take another second item, or take that key away.",
            )


def one_form_fits_all(path: str, client: ClientSettings, settings: Settings) -> Iterator[Problem]:
    """A client's companies share one form, which would ask all for what the strictest wants.

    A client that requires no customer shows none. Organisations make no difference to it.
    """
    if not client.customer_required:
        return
    companies = settings.companies
    known = {name: companies[name].ladder for name in client.companies if name in companies}
    begins = {name: ladder.private for name, ladder in known.items()}
    if len(set(begins.values())) > 1:
        each = ", ".join(f"`{name}` at `{level}`" for name, level in begins.items())
        yield Problem(
            path,
            f"They share one form, but private customers begin apart: {each}.",
            f"Give these companies the same `ladder.private`, {_OR_APART}",
        )
    letters_leave = "letter" in settings.outbound.ways
    sending = [name for name, each in known.items() if letters_leave and "letter" in each.codes]
    if sending and len(sending) < len(known):
        yield Problem(
            path,
            "They share one form, but codes by letter, which failures by others may ask for, "
            f"are sent by {_quoted(sending)} alone.",
            f"Let all of these companies have `letter` in `ladder.codes`, or none, {_OR_APART}",
        )


def _tells_nothing(company: CompanySettings) -> str:
    """Why an OCR number is what was typed already, or follows from it; else empty."""
    if company.accept_ocr:
        return "With `accept_ocr`, one OCR number could be both the first item and the second."
    if company.ocr_template:
        return "As `ocr_template` says, it can be worked out from the other numbers."
    return ""


def _quoted(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
