"""`farstu links find`: who is a customer or helps them, or what a person has."""

import asyncio
import json
from datetime import datetime
from typing import Annotated

import typer

from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
from broker.cli.desk.asked import JsonOption, Named, NumberArgument, named
from broker.cli.desk.told import lines, members
from broker.cli.speaking import say
from broker.settings.schema import Settings
from broker.wiring.desk import connections
from linking import Connection, PersonId
from linking.days import swedish_day


def find(
    company: Annotated[
        str | None,
        typer.Argument(help="The company's id in the configuration.", show_default=False),
    ] = None,
    number: NumberArgument = None,
    *,
    person: Annotated[
        str, typer.Option(help="A person's id (`p_…`), in place of company and number.")
    ] = "",
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show who is this customer or helps them: account, proof, since when, last use.

    With `--person`, all that this person has, at every company.
    """
    settings = read_settings(config)
    if bool(person) == bool(company):
        raise typer.BadParameter("Give a company and a customer number, or --person.")
    if person:
        _check_person(person)
        _show(asyncio.run(_of_person(settings, person)), "This person has nothing.", as_json)
        return
    asked = named(settings, company or "", number)
    found, guarded_since = asyncio.run(_of_customer(settings, asked))
    _show(found, "Nobody is connected to this customer.", as_json, guarded_since=guarded_since)
    if not found and not asked.is_possible and not as_json:
        say(f"The number does not have the form that {asked.company.id} gives its numbers.")


def _check_person(person: str) -> None:
    if not person.startswith("p_"):
        raise typer.BadParameter("A person's id begins with p_, as `links find` shows it.")


def _show(
    found: tuple[Connection, ...],
    nobody: str,
    as_json: bool,  # noqa: FBT001 - as it came from the command line
    *,
    guarded_since: datetime | None = None,
) -> None:
    if as_json:
        since = guarded_since.isoformat() if guarded_since else None
        connections = [members(each) for each in found]
        told = {"connections": connections, "by_code_only_since": since}
        say(json.dumps(told, ensure_ascii=False))
        return
    for each in found:
        for line in lines(each):
            say(line)
    if not found:
        say(nobody)
    if guarded_since is not None:
        said_on = swedish_day(guarded_since)
        say(f"Only a code connects to them since {said_on}: it was said that it was not they.")


async def _of_customer(
    settings: Settings, asked: Named
) -> tuple[tuple[Connection, ...], datetime | None]:
    company, number = asked.company.id, asked.number
    async with opened(settings) as storage:
        found = await connections(storage).of_customer(company, number, now=now())
        return found, await storage.guards.since(company, number)


async def _of_person(settings: Settings, person: str) -> tuple[Connection, ...]:
    async with opened(settings) as storage:
        return await connections(storage).of_person(PersonId(person), now=now())
