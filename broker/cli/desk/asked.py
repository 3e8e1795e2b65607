"""What these commands are given, read alike: which customer, why, by whom.

A number that is typed is repeated nowhere, not even to say that it is wrong.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

import typer

from broker.cli.speaking import CommandFailed
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.storage.journal import AuditJournal
from broker.wiring.companies import companies
from linking.company import Company

# The audit trail is never erased, so nothing that could name somebody may get there.
_REASON: Final = re.compile(r"[^\W\d_]+(?:,? [^\W\d_]+|-[^\W\d_]+){1,11}")
_WORD: Final = re.compile(r"[^\W\d_]+")
_OTHER_SIGN: Final = re.compile(r"[^\w ,-]|_")
_FEWEST_WORDS, _MOST_WORDS = 2, 12
_LONGEST_REASON: Final = 80
_BY: Final = re.compile(r"[A-Za-z0-9._-]{1,32}")
OPERATOR: Final = "operator"

CompanyArgument = Annotated[str, typer.Argument(help="The company's id in the configuration.")]
NumberArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NUMBER",
        help="The customer number. Left out, it is asked for, and stays out of the shell's "
        "history.",
        show_default=False,
    ),
]
ReasonOption = Annotated[
    str,
    typer.Option(
        help="Why, in two to twelve words without figures, at most 80 characters, for the audit "
        "trail, which is kept for ever: no names, no numbers, no addresses."
    ),
]
ByOption = Annotated[
    str, typer.Option(help="Who decides, such as a staff member's id; for the audit trail.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask whether to do it.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]


@dataclass(frozen=True, slots=True)
class Named:
    """A customer as the company means its number."""

    company: Company
    number: str = field(repr=False)

    @property
    def is_possible(self) -> bool:
        """Whether the number has the company's form."""
        return self.company.customer_numbers.fits(self.number)


def named(settings: Settings, company: str, typed: Sequence[str] | None) -> Named:
    """Read which customer is meant; ask for the number if it was not given."""
    known = companies(settings).get(company)
    if known is None:  # what stands there may be the number: it is not repeated
        raise typer.BadParameter(
            f"There is no such company. There are: {', '.join(settings.companies)}"
        )
    raw = " ".join(typed or ()) or str(typer.prompt("Customer number", err=True))
    return Named(known, known.read_customer_number(raw))


def checked_reason(reason: str) -> str:
    """Return it if it is some words and cannot hold a number or an address."""
    if len(reason) > _LONGEST_REASON or not _REASON.fullmatch(reason):
        raise typer.BadParameter(
            "The reason is kept for ever: two to twelve words, without names, numbers or "
            f"addresses. This one {_broken_rule(reason)}."
        )
    return reason


def _broken_rule(reason: str) -> str:
    """What is wrong with it, so that nobody has to guess; of what it says no more than a sign."""
    words, sign = len(_WORD.findall(reason)), _OTHER_SIGN.search(reason)
    rules = (
        (any(each.isdigit() for each in reason), "has a figure"),
        ("@" in reason or "://" in reason, "has an address"),
        (sign is not None, f"has the sign {sign and sign[0]}: take only commas and hyphens"),
        (words < _FEWEST_WORDS, "has fewer than two words"),
        (words > _MOST_WORDS, "has more than twelve words"),
        (len(reason) > _LONGEST_REASON, f"is longer than {_LONGEST_REASON} characters"),
    )  # fmt: skip
    otherwise = "has words that are not parted by a space, a comma and a space, or a hyphen"
    return next((said for is_broken, said in rules if is_broken), otherwise)


def journal(storage: Storage, by: str) -> AuditJournal:
    """Return what writes down who acts."""
    return AuditJournal(storage.audit, actor=f"{OPERATOR}:{by}" if by else OPERATOR)


def checked_by(by: str) -> str:
    """Return it if it can be an id."""
    if by and not _BY.fullmatch(by):
        raise typer.BadParameter("Who decides is one word: letters, digits, dots and dashes.")
    return by


def not_there() -> CommandFailed:
    """Return what is said of an id that leads nowhere."""
    return CommandFailed(
        "There is no live link or delegation with this id.",
        "See `farstu links find COMPANY NUMBER`.",
    )
