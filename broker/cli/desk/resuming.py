"""`farstu links resume`: invoices connect again to a customer who had said "this was not me"."""

import asyncio
import json
from datetime import datetime

import typer

from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
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
from broker.wiring.not_me import resumption
from linking.days import swedish_day


def resume(
    company: CompanyArgument,
    number: NumberArgument = None,
    *,
    reason: ReasonOption,
    by: ByOption = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Let invoices connect to a customer again who said "this was not me".

    The invoice that was misused then stays without use. Make sure first that it is the customer who
    asks: until now a code that goes to the contact on file is the only way in.
    """
    checked_reason(reason)
    checked_by(by)
    settings = read_settings(config)
    asked = named(settings, company, number)
    if not yes:
        _ask(asyncio.run(_since(settings, asked)))
    if not asyncio.run(_resume(settings, asked, reason, by)):
        raise _not_guarded()
    if as_json:
        say(json.dumps({"resumed": True, "company": asked.company.id}))
        return
    say("Resumed.", style="bold green")
    say("An invoice connects to this customer again, but for the one that was misused.")


def _ask(since: datetime | None) -> None:
    if since is None:
        raise _not_guarded()
    said_on = swedish_day(since)
    tell(f"Since {said_on}, when it was said that it was not they, only a code connects to them.")
    typer.confirm("Let invoices connect again?", abort=True, err=True)


def _not_guarded() -> CommandFailed:
    return CommandFailed(
        "Invoices connect to this customer as to any other: there is nothing to resume.",
        "See `farstu links find COMPANY NUMBER`.",
    )


async def _since(settings: Settings, asked: Named) -> datetime | None:
    async with opened(settings) as storage:
        use = resumption(storage, journal(storage, ""))
        return await use.since(asked.company.id, asked.number)


async def _resume(settings: Settings, asked: Named, reason: str, by: str) -> bool:
    async with opened(settings) as storage:
        use = resumption(storage, journal(storage, by))
        return await use.resume(asked.company.id, asked.number, now=now(), reason=reason)
