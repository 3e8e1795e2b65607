"""Ladders: what is asked for can be had, tells something, and is the same for all on one form.

Codes by e-mail or text message without a way out are none of these: they wait, and `farstu doctor`
says so.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from broker.settings.problem import Problem
from broker.settings.schema import ClientSettings, CompanySettings, Settings

_OR_APART: Final = "or let each have a portal of its own."


def letters_leave(settings: Settings) -> Iterator[Problem]:
    """Codes by letter reach everybody, so failures by others may ask for one: they must leave."""
    if settings.outbound.letter != "none":
        return
    for name, company in settings.companies.items():
        if "letter" in company.ladder.codes:
            yield Problem(
                f"companies.{name}.ladder.codes[{company.ladder.codes.index('letter')}]",
                "No letter ever leaves: `outbound.letter` is `none`.",
                "Say there how letters leave (`docs/notices.md`), or take it away here.",
            )


def codes_are_sent(settings: Settings) -> Iterator[Problem]:
    """Whoever has to show a code must be able to get one."""
    for name, company in settings.companies.items():
        if company.ladder.private == "code" and not company.ladder.codes:
            yield Problem(
                f"companies.{name}.ladder.private",
                "Private customers would have to show a code, and none is ever sent: "
                "`ladder.codes` is empty.",
                "Name the ways there, or let them begin with an invoice.",
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


def one_form_fits_all(
    path: str, client: ClientSettings, companies: Mapping[str, CompanySettings]
) -> Iterator[Problem]:
    """A client's companies share one form, which would ask all for what the strictest wants.

    A client that requires no customer shows none. Organisations make no difference to it.
    """
    if not client.customer_required:
        return
    known = {name: companies[name].ladder for name in client.companies if name in companies}
    begins = {name: ladder.private for name, ladder in known.items()}
    if len(set(begins.values())) > 1:
        each = ", ".join(f"`{name}` at `{level}`" for name, level in begins.items())
        yield Problem(
            path,
            f"They share one form, but private customers begin apart: {each}.",
            f"Give these companies the same `ladder.private`, {_OR_APART}",
        )
    sending = [name for name, ladder in known.items() if "letter" in ladder.codes]
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
