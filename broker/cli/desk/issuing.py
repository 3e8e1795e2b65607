"""`farstu links issue-code`: a code is asked for, for a customer who is on the telephone."""

import asyncio
import json
from typing import Annotated

import typer

from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import new_id, opened
from broker.cli.desk.asked import (
    ByOption,
    CompanyArgument,
    JsonOption,
    Named,
    NumberArgument,
    ReasonOption,
    YesOption,
    checked_by,
    checked_reason,
    journal,
    named,
)
from broker.cli.speaking import CommandFailed, say, tell
from broker.settings.schema import Settings
from broker.wiring.desk import issuing
from linking import Medium
from linking.codes.sending import TERMS, media_of

_WHERE = {
    Medium.MESSAGE: "to the e-mail address or telephone that the company's register has",
    Medium.LETTER: "by letter to the address that the company has",
}


def issue_code(
    company: CompanyArgument,
    number: NumberArgument = None,
    *,
    reason: ReasonOption,
    letter: Annotated[bool, typer.Option("--letter", help="By letter, in some days.")] = False,
    by: ByOption = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Ask that a code be sent to a customer, with which they connect without an invoice.

    It goes to the contact on file and nowhere else. Nobody here sees it. Nothing is sent, and this
    command does not say so, where the number is no active customer's or a protected one's, the
    register has no contact or one that was changed in the last 14 days, or it was sent as often as
    it may be (three messages in a day, one letter in a week, whoever asked for them).
    """
    checked_reason(reason)
    checked_by(by)
    settings = read_settings(config)
    asked = named(settings, company, number)
    medium = Medium.LETTER if letter else Medium.MESSAGE
    if medium not in media_of([asked.company.ladder]):
        raise CommandFailed(
            f"{asked.company.id} sends no codes by {medium.value}.",
            f"See `ladder.codes` of companies.{asked.company.id}.",
        )
    if not asked.is_possible:
        raise CommandFailed(
            f"The number does not have the form that {asked.company.id} gives its numbers.",
            "Read it once more.",
        )
    if not yes:
        tell(f"If the customer can have one, a code goes {_WHERE[medium]}.")
        typer.confirm("Ask for it?", abort=True, err=True)
    asyncio.run(_issue(settings, asked, medium, reason, by))
    _confirm(asked, medium, as_json)


def _confirm(asked: Named, medium: Medium, as_json: bool) -> None:  # noqa: FBT001
    if as_json:
        say(json.dumps({"asked": True, "company": asked.company.id, "medium": medium.value}))
        return
    days = TERMS[medium].life.days
    say("Asked for.", style="bold green")
    say(f"If it may be sent, it goes {_WHERE[medium]},")
    say(f"and holds for {f'{days} days' if days > 1 else '24 hours'}.")
    say("Nobody is told whether it was; `farstu links issue-code --help` says what prevents it.")


async def _issue(settings: Settings, asked: Named, medium: Medium, reason: str, by: str) -> None:
    async with opened(settings) as storage:
        use = issuing(settings, storage, journal(storage, by), new_id)
        await use.issue(asked.company.id, asked.number, medium, now=now(), reason=reason)
