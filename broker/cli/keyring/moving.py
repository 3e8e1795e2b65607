"""`farstu keys rotate`, `activate`, `retire`: what the plan would do, at once and by name."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, assert_never

import typer

from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.desk.asked import ByOption, ReasonOption, YesOption, checked_by, checked_reason
from broker.cli.keyring.asked import (
    KidArgument,
    Ring,
    chosen,
    day_of,
    opened_ring,
    see_that_all_can_follow,
)
from broker.cli.keyring.consumers import consumers, evidence
from broker.cli.keyring.planning import say_when, spares_of
from broker.cli.speaking import CommandFailed, confirmed, say
from broker.settings.schema import Settings
from keys import (
    Activated,
    Algorithm,
    KeyRecord,
    NotEverywhere,
    NotThere,
    Outcome,
    State,
    TooYoung,
    Withdrawn,
)


def rotate(
    *,
    algorithm: Annotated[
        list[Algorithm] | None, typer.Option(help="Only of this algorithm; may be repeated.")
    ] = None,
    reason: ReasonOption,
    by: ByOption = "",
    yes: YesOption = False,
    config: ConfigOption = None,
) -> None:
    """Let the announced key sign from now on, of every algorithm; the one before it retires.

    Nobody notices: it has been published for long enough, else this refuses and says from when on.
    Safe on any day, while brokers run, and to repeat.
    """
    settings = _checked(config, reason, by)
    wanted = list(dict.fromkeys(algorithm or Algorithm))
    if not yes:
        asyncio.run(_show(settings, wanted))
        confirmed("Let these keys sign from now on?")
    _tell(asyncio.run(_rotate(settings, wanted, reason, by)))


def activate(
    kid: KidArgument,
    *,
    reason: ReasonOption,
    by: ByOption = "",
    yes: YesOption = False,
    config: ConfigOption = None,
) -> None:
    """Let this announced key sign from now on, though it is not the next one."""
    settings = _checked(config, reason, by)
    if not yes:
        asyncio.run(_show(settings, kid))
        confirmed("Let it sign from now on?")
    _tell(asyncio.run(_move(settings, kid, State.SIGNING, reason, by)))


def retire(
    kid: KidArgument,
    *,
    reason: ReasonOption,
    by: ByOption = "",
    yes: YesOption = False,
    config: ConfigOption = None,
) -> None:
    """Let this key sign no more. What it signed stays good; its private part is destroyed.

    If it signs now, the next one does from now on. For a key that somebody else may know, `farstu
    keys revoke`.
    """
    settings = _checked(config, reason, by)
    if not yes:
        confirmed("Destroy its private part? It cannot sign again.")
    _tell(asyncio.run(_move(settings, kid, State.RETIRING, reason, by)))


def _checked(config: ConfigOption, reason: str, by: str) -> Settings:
    checked_reason(reason)
    checked_by(by)
    return read_settings(config)


async def _show(settings: Settings, wanted: list[Algorithm] | str) -> None:
    """Which keys would sign, and who would notice; CommandFailed where they could not."""
    async with opened_ring(settings) as ring:
        await see_that_all_can_follow(ring)
        if isinstance(wanted, str):
            coming = [chosen(ring.records, wanted)]
            if coming[0].state is not State.ANNOUNCED:
                _tell([NotThere(coming[0])])
        else:
            by_algorithm = {each.algorithm: each for each in reversed(spares_of(ring, wanted))}
            coming = [by_algorithm[each] for each in wanted if each in by_algorithm]
        hindrances = [await ring.rotation.hindrance(each, now=ring.now) for each in coming]
        _tell([each for each in hindrances if each is not None])
        say_when(ring, coming)
        for line in evidence(await consumers(settings, ring.storage), coming):
            say(line)


async def _rotate(
    settings: Settings, algorithms: list[Algorithm], reason: str, by: str
) -> list[Outcome]:
    async with opened_ring(settings, by=by) as ring:
        await see_that_all_can_follow(ring)
        return list(await ring.rotation.rotate(algorithms, now=ring.now, why=reason))


async def _move(settings: Settings, kid: str, to: State, reason: str, by: str) -> list[Outcome]:
    async with opened_ring(settings, by=by) as ring:
        key = chosen(ring.records, kid)
        await see_that_all_can_follow(ring)
        return [await _moved(ring, key, to, reason)]


async def _moved(ring: Ring, key: KeyRecord, to: State, reason: str) -> Outcome:
    if to is State.SIGNING:
        return await ring.rotation.activate(key.kid, now=ring.now, why=reason)
    return await ring.rotation.retire(key.kid, now=ring.now, why=reason)


def _tell(outcomes: Sequence[Outcome]) -> None:
    """Each outcome; the command has failed where one of them was refused."""
    refused = [reason for each in outcomes if (reason := _told(each))]
    if refused:
        raise CommandFailed("\n".join(refused), "`farstu keys plan` shows what is next, and when.")


def _told(outcome: Outcome) -> str:
    """Say what was done; return why it was not."""
    match outcome:
        case Activated(key, retired):
            say(f"{key.algorithm}: {key.kid} signs from now on.", style="bold green")
            for each in retired:
                say(f"  {each.kid} has retired: it stays published while what it signed lives.")
        case Withdrawn(key):
            say(f"{key.algorithm}: {key.kid} will never sign; another one is announced instead.")
        case TooYoung(key, ready_at):
            since = f"{key.algorithm}: {key.kid} may sign from {day_of(ready_at)} on"
            return f"{since}. Until then some caches may not have it."
        case NotEverywhere(key, behind):
            where = f"Not by {', '.join(behind)}: try again in some seconds."
            return f"{key.algorithm}: {key.kid} is not published everywhere yet. {where}"
        case NotThere(KeyRecord(state=state)):
            return f"The key is {state}: this cannot be done with it."
        case NotThere():
            return "No key is announced that could sign: the broker announces one within a minute."
        case _:
            assert_never(outcome)
    return ""
