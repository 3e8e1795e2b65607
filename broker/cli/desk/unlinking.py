"""`farstu links unlink`: one connection ends, at once and for good."""

import asyncio
import json
from typing import Annotated

import typer

from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
from broker.cli.desk.asked import (
    ByOption,
    JsonOption,
    ReasonOption,
    YesOption,
    checked_by,
    checked_reason,
    journal,
    not_there,
)
from broker.cli.desk.told import lines
from broker.cli.speaking import say, tell
from broker.settings.schema import Settings
from broker.wiring.desk import connections, unlinking
from linking import Connection, Unlinked


def unlink(
    connection: Annotated[str, typer.Argument(metavar="ID", help="As `links find` shows it.")],
    *,
    reason: ReasonOption,
    by: ByOption = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """End one link or delegation at once, at every portal; the person is signed out everywhere.

    They may sign in again for what they have besides. Whoever can prove the customer can connect
    again. To forget a person who asks for it, `links erase`.
    """
    checked_reason(reason)
    checked_by(by)
    settings = read_settings(config)
    if not yes:
        _ask(asyncio.run(_found(settings, connection)))
    unlinked = asyncio.run(_unlink(settings, connection, reason, by))
    if unlinked is None:
        raise not_there()
    if as_json:
        ended = unlinked.connection
        say(json.dumps({"ended": ended.id, "person": ended.person, "sessions": unlinked.sessions}))
        return
    say("Ended.", style="bold green")
    say(f"  sessions ended    {unlinked.sessions}")
    say("A token that a portal has got already is good for up to ten minutes more.")


def _ask(found: Connection | None) -> None:
    if found is None:
        raise not_there()
    tell("This ends, and signs the person out everywhere:")
    for line in lines(found):
        tell(f"  {line}")
    typer.confirm("End it?", abort=True, err=True)


async def _found(settings: Settings, connection: str) -> Connection | None:
    async with opened(settings) as storage:
        return await connections(storage).find(connection, now=now())


async def _unlink(settings: Settings, connection: str, reason: str, by: str) -> Unlinked | None:
    async with opened(settings) as storage:
        use = unlinking(storage, journal(storage, by))
        return await use.unlink(connection, now=now(), reason=reason)
