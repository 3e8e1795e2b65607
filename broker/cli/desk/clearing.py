"""`farstu links clear-wait`: somebody who is on the telephone need not wait."""

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
)
from broker.cli.speaking import CommandFailed, say, tell
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.wiring.desk import clearing
from linking import Clearing, PersonId, Waiting
from linking.days import STOCKHOLM
from linking.tries.clearing import read_reference


def clear_wait(
    who: Annotated[
        str,
        typer.Argument(
            help="What the page that tells them to wait says at its foot (`V-…`), or the id of a "
            "person who is connected (`p_…`)."
        ),
    ],
    *,
    reason: ReasonOption,
    by: ByOption = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Forget somebody's own failures, so that they may try again at once.

    What many failures of everybody have brought (a second item, a moment's patience) stays.
    """
    checked_reason(reason)
    checked_by(by)
    if not who.startswith("p_") and read_reference(who) is None:
        raise typer.BadParameter("That is neither a reference from the page (V-…) nor p_….")
    settings = read_settings(config)
    found = _there(asyncio.run(_found(settings, who)))
    if not found.failures:
        _say_nothing_to_forget(found, as_json=as_json)
        return
    if not yes:
        _ask(found)
    cleared = _there(asyncio.run(_clear(settings, who, reason, by)))
    if as_json:
        say(_as_json(cleared))
        return
    say(f"Failures forgotten: {cleared.failures}.", style="bold green")
    say("They may try again now.")


def _say_nothing_to_forget(found: Waiting, *, as_json: bool) -> None:
    say(_as_json(found) if as_json else "They were not waiting: there are no failures to forget.")


def _as_json(found: Waiting) -> str:
    return json.dumps({"failures": found.failures, "person": found.person})


def _ask(found: Waiting) -> None:
    until = found.until
    waits = f"waits until {until.astimezone(STOCKHOLM):%H:%M:%S}" if until else "does not wait now"
    known = f"{found.person}, connected already" if found.person else "not connected yet"
    tell(f"This account ({known}) has failed {found.failures} times and {waits}.")
    typer.confirm("Forget these failures?", abort=True, err=True)


def _there(found: Waiting | None) -> Waiting:
    if found is None:
        raise CommandFailed(
            "They were not waiting, or it was misread: no account that has failed answers to this.",
            "Let them read it once more, from the page that says until when they wait.",
        )
    return found


async def _look(use: Clearing, who: str) -> Waiting | None:
    if who.startswith("p_"):
        return await use.of_person(PersonId(who), now=now())
    return await use.of_reference(who, now=now())


async def _found(settings: Settings, who: str) -> Waiting | None:
    async with opened(settings) as storage:
        return await _look(_clearing(settings, storage, ""), who)


async def _clear(settings: Settings, who: str, reason: str, by: str) -> Waiting | None:
    async with opened(settings) as storage:
        use = _clearing(settings, storage, by)
        found = await _look(use, who)
        if found is not None:
            await use.clear(found, now=now(), reason=reason)
        return found


def _clearing(settings: Settings, storage: Storage, by: str) -> Clearing:
    return clearing(settings, storage, journal(storage, by))
