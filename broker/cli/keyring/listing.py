"""`farstu keys list` and `plan`: what there is, and what happens next."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import typer

from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.desk.asked import JsonOption
from broker.cli.keyring.asked import Ring, day_of, opened_ring, tell_strange
from broker.cli.keyring.consumers import SHOWN, consumers
from broker.cli.speaking import say
from broker.settings.schema import Settings
from broker.storage.key_ports import Fetches
from keys import Deed, KeyRecord, State, Step, plan, signs_from

_GONE = frozenset({State.REMOVED, State.REVOKED})


def list_keys(
    *,
    gone: Annotated[
        bool, typer.Option("--all", help="Removed and revoked keys too; their kid stays known.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List the keys by age: state, algorithm, since when, and the `kid` that tokens name."""
    ring = asyncio.run(_read(read_settings(config)))
    tell_strange(ring)
    shown = [each for each in ring.records if gone or each.state not in _GONE]
    if as_json:
        say(json.dumps([_members(each) for each in shown]))
        return
    for each in sorted(shown, key=lambda each: (each.created_at.date(), each.algorithm)):
        sealed = f"  ({each.master_key})" if each.master_key else ""
        since = f"{_since(each):%Y-%m-%d}"
        say(f"{each.state:<10}  {each.algorithm:<6}  {since}  {each.kid}{sealed}")
    if not shown:
        say("There is no key yet: the broker makes them when it first starts.")


def show_plan(*, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Tell what happens to the keys next, and when; and who has fetched the key that comes next.

    At most twenty names are shown: registered clients and resources first, then those who come
    most regularly. Nothing is changed. What is due is done by the broker within seconds, once every
    worker publishes the key.
    """
    settings = read_settings(config)
    ring, fetches, behind = asyncio.run(_look_around(settings))
    algorithms = ring.rotation.algorithms if ring.records else ()
    automatic = settings.keys.automatic
    steps = plan(ring.records, algorithms, ring.schedule, now=ring.now, is_automatic=automatic)
    if as_json:
        say(json.dumps([_step(each) for each in steps]))
        return
    for each in steps:
        say(_told(each, ring))
    if not ring.records:
        say("There is no key yet: the broker makes them when it first starts.")
    elif not steps:
        say("Nothing: keys are replaced by hand here, and none retires.")
    for spare in (each for each in ring.records if each.state is State.ANNOUNCED):
        _say_who_has(spare, ring, fetches)
    if behind:
        say(f"Not publishing the newest keys yet: {', '.join(behind)}.", style="yellow")


def _say_who_has(spare: KeyRecord, ring: Ring, fetches: Sequence[Fetches]) -> None:
    """Who has fetched since it was announced. What they are called, they said themselves."""
    say()
    ready = signs_from(ring.records, spare, ring.schedule)
    may = "as soon as every worker publishes it" if ready is None else f"from {day_of(ready)} on"
    say(f"{spare.algorithm} {spare.kid}, announced {day_of(spare.announced_at)}, may sign {may}.")
    for each in fetches[:SHOWN]:
        mark = "has fetched it" if _has(each, spare) else "has not fetched it"
        say(f"  {mark:<18}  {each.consumer}  (last {day_of(each.last_at)}{_rhythm(each)})")
    if rest := fetches[SHOWN:]:
        has = sum(_has(each, spare) for each in rest)
        say(f"  and {len(rest)} more, of whom {has} have fetched it")
    if not fetches:
        say("  Nobody has fetched any keys in the last month.")


def _has(fetches: Fetches, spare: KeyRecord) -> bool:
    return fetches.last_at > spare.announced_at


def _rhythm(fetches: Fetches) -> str:
    if fetches.longest is None:
        return ""
    every = (fetches.last_at - fetches.first_at) / max(fetches.count - 1, 1)
    return f", every {span(every)}, at most {span(fetches.longest)} apart"


def span(length: timedelta) -> str:
    """A length of time in the unit that suits it."""
    seconds = length.total_seconds()
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _told(step: Step, ring: Ring) -> str:
    when = "now" if step.at <= ring.now else day_of(step.at)
    match step.deed:
        case Deed.ACTIVATE:
            signing = [
                each.kid
                for each in ring.records
                if each.state is State.SIGNING and each.algorithm is step.algorithm
            ]
            retires = f"; {signing[0]} retires, and a new one is announced" if signing else ""
            return f"{when}: {step.algorithm} {step.kid} begins to sign{retires}."
        case Deed.REMOVE:
            return f"{when}: {step.algorithm} {step.kid} is removed: nothing that it signed lives."
        case Deed.ANNOUNCE:
            return f"{when}: a new {step.algorithm} key is announced."


def _step(step: Step) -> dict[str, str]:
    return {
        "do": step.deed.value,
        "algorithm": step.algorithm.value,
        "at": step.at.isoformat(),
        "kid": step.kid,
    }


def _members(key: KeyRecord) -> dict[str, str]:
    return {
        "kid": key.kid,
        "algorithm": key.algorithm.value,
        "state": key.state.value,
        "since": _since(key).isoformat(),
        "announced_at": key.announced_at.isoformat(),
        "master_key": key.master_key,
    }


def _since(key: KeyRecord) -> datetime:
    times = (key.revoked_at, key.removed_at, key.retiring_from, key.signing_from, key.announced_at)
    return next(each for each in times if each is not None)


async def _read(settings: Settings) -> Ring:
    async with opened_ring(settings) as ring:
        return ring


async def _look_around(settings: Settings) -> tuple[Ring, Sequence[Fetches], Sequence[str]]:
    async with opened_ring(settings) as ring:
        fetches = await consumers(settings, ring.storage)
        return ring, fetches, await ring.storage.workers.behind()
