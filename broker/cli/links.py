"""`farstu links`: who is connected to a customer, and forgetting somebody who asks for it.

What the telephone needs besides is in `broker.cli.desk`.

Shows no subject of a provider, and of an address no more than the pages do.
"""

import asyncio
from typing import Annotated

import typer

from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
from broker.cli.desk.asked import ReasonOption, YesOption, checked_reason
from broker.cli.desk.clearing import clear_wait
from broker.cli.desk.finding import find
from broker.cli.desk.issuing import issue_code
from broker.cli.desk.resuming import resume
from broker.cli.desk.unlinking import unlink
from broker.cli.speaking import CommandFailed, say
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.storage.journal import AuditJournal
from broker.wiring.companies import companies
from linking import Connection, Erased, Erasure

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")


@app.callback()
def links() -> None:
    """For whoever answers the telephone: see who is connected to a customer, and help them."""


app.command("find", epilog="Example: farstu links find elnat 100423")(find)
app.command(
    "unlink", epilog="Example: farstu links unlink l_4hJ2kWq7Zr0aTn5s --reason 'moved apart'"
)(unlink)
app.command(
    "clear-wait", epilog="Example: farstu links clear-wait V-7KQ2-M9XR --reason 'is on the phone'"
)(clear_wait)
app.command(
    "issue-code", epilog="Example: farstu links issue-code elnat 100423 --reason 'has no invoice'"
)(issue_code)
app.command(
    "resume", epilog="Example: farstu links resume elnat 100423 --reason 'customer has called'"
)(resume)


@app.command("list", epilog="Example: farstu links list elnat 100423")
def list_links(
    company: Annotated[str, typer.Argument(help="The company's id in the configuration.")],
    customer_number: Annotated[str, typer.Argument(help="The customer number.")],
    config: ConfigOption = None,
) -> None:
    """List who is this customer or helps them now, with the id that `erase` takes."""
    settings = read_settings(config)
    known = companies(settings).get(company)
    if known is None:
        raise typer.BadParameter(f"It is not among: {', '.join(settings.companies)}")
    number = known.read_customer_number(customer_number)
    found = asyncio.run(_of_customer(settings, company, number))
    for connection in found:
        say(_line(connection))
    if not found:
        say(f"Nobody is connected to this customer of {company}.")
        if not known.customer_numbers.fits(number):
            say(f"It does not have the form that {company} gives its customer numbers.")


@app.command(epilog="Example: farstu links erase l_4hJ2kWq7Zr0aTn5s --reason 'asked by telephone'")
def erase(
    connection: Annotated[str, typer.Argument(metavar="ID", help="As `links list` shows it.")],
    *,
    reason: ReasonOption,
    yes: YesOption = False,
    config: ConfigOption = None,
) -> None:
    """Erase the person who has this connection: for somebody who asks to be forgotten.

    All their connections end, at every company; they are signed out; the id and the address that
    the provider gave are deleted for good. Their contract is not affected. Make sure first that it
    is they who ask.
    """
    checked_reason(reason)
    settings = read_settings(config)
    if not yes:
        _ask(asyncio.run(_reached(settings, connection)))
    erased = asyncio.run(_erase(settings, connection, reason))
    if erased is None:
        raise _not_there()
    _confirm(erased)


def _ask(reached: tuple[Connection, ...]) -> None:
    if not reached:
        raise _not_there()
    say("This ends all that the person has:", style="bold")
    for each in reached:
        say(f"  {_line(each)}")
    typer.confirm("Erase this person? It cannot be undone", abort=True)


def _confirm(erased: Erased) -> None:
    say("Erased.", style="bold green")
    say(f"  links ended          {erased.links}")
    say(f"  delegations ended    {erased.delegations}")
    say(f"  sessions ended       {erased.sessions}")
    say(f"  identities deleted   {erased.identities}, with id number and e-mail address")
    say(
        "The contract with the company is not affected. "
        "The same account can be connected again, as a new person."
    )


def _line(connection: Connection) -> str:
    accounts = ", ".join(f"{each.provider} {each.label}" for each in connection.identities)
    return (
        f"{connection.id}  {connection.company}  {connection.relation.value}  {accounts}  "
        f"since {connection.since:%Y-%m-%d}, by {connection.proof.value}"
    )


def _not_there() -> CommandFailed:
    return CommandFailed(
        "There is no live link or delegation with this id.",
        "See `farstu links list COMPANY CUSTOMER_NUMBER`.",
    )


async def _of_customer(settings: Settings, company: str, number: str) -> tuple[Connection, ...]:
    async with opened(settings) as storage:
        return await _erasure(storage).of_customer(company, number, now=now())


async def _reached(settings: Settings, connection: str) -> tuple[Connection, ...]:
    async with opened(settings) as storage:
        return await _erasure(storage).reached(connection, now=now())


async def _erase(settings: Settings, connection: str, reason: str) -> Erased | None:
    async with opened(settings) as storage:
        return await _erasure(storage).erase(connection, now=now(), reason=reason)


def _erasure(storage: Storage) -> Erasure:
    return Erasure(
        persons=storage.persons,
        links=storage.links,
        delegations=storage.delegations,
        signed_in=storage.sessions,
        journal=AuditJournal(storage.audit, actor="operator"),
        transaction=storage.transaction,
    )
