"""`farstu keys plan`: what happens next, and who would notice."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.desk.asked import JsonOption
from broker.cli.keyring.asked import Ring, day_of, opened_ring
from broker.cli.keyring.consumers import consumers, evidence, members
from broker.cli.speaking import say
from broker.settings.schema import Settings
from broker.storage.key_ports import Fetches
from keys import Algorithm, Deed, KeyRecord, State, Step, plan, signs_from


@dataclass(frozen=True, slots=True)
class Around:
    """The ring, and who else has to do with it.

    Services that fetch it; workers `behind` it, and those `without` the master key that seals here.
    """

    ring: Ring
    fetches: Sequence[Fetches]
    behind: Sequence[str]
    without: Sequence[str]


def show_plan(*, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Tell what happens to the keys next, and when; and who has fetched the keys that come next.

    At most twenty names are shown: registered clients and resources first, then those who come
    most regularly. Nothing is changed. What is due is done by the broker within seconds, once every
    worker publishes the key.
    """
    settings = read_settings(config)
    around = asyncio.run(look_around(settings))
    ring = around.ring
    algorithms = ring.rotation.algorithms if ring.records else ()
    automatic = settings.keys.automatic
    steps = plan(ring.records, algorithms, ring.schedule, now=ring.now, is_automatic=automatic)
    if as_json:
        say(json.dumps(_members(steps, around)))
        return
    for each in steps:
        say(_told(each, ring))
    if not ring.records:
        say("There is no key yet: the broker makes them when it first starts.")
    elif not steps:
        say("Nothing: keys are replaced by hand here, and none retires.")
    coming = spares_of(ring, list(Algorithm))
    say_when(ring, coming)
    for line in evidence(around.fetches, coming):
        say(line)
    _say_who_is_behind(around)


def say_when(ring: Ring, spares: Sequence[KeyRecord]) -> None:
    """From when on each of these may sign."""
    if spares:
        say()
    for spare in spares:
        ready = signs_from(ring.records, spare, ring.schedule)
        may = "as soon as every worker publishes it" if ready is None else f"from {day_of(ready)}"
        said = f"announced {day_of(spare.announced_at)}, may sign {may}"
        say(f"{spare.algorithm} {spare.kid}, {said}.")


def spares_of(ring: Ring, algorithms: Sequence[Algorithm]) -> list[KeyRecord]:
    """The announced keys of these algorithms, in the order of all algorithms."""
    order = list(Algorithm)
    found = [
        each
        for each in ring.records
        if each.state is State.ANNOUNCED and each.algorithm in algorithms
    ]
    return sorted(found, key=lambda each: (order.index(each.algorithm), each.announced_at))


async def look_around(settings: Settings) -> Around:
    """All of it, as it is now."""
    async with opened_ring(settings) as ring:
        workers = ring.storage.workers
        return Around(
            ring,
            await consumers(settings, ring.storage),
            behind=await workers.behind(),
            without=await workers.without(ring.mark),
        )


def _say_who_is_behind(around: Around) -> None:
    if around.behind:
        who = ", ".join(around.behind)
        say(f"Not publishing the newest keys yet: {who}.", style="yellow")
    if around.without:
        name, who = around.ring.shop.seal.first, ", ".join(around.without)
        say(
            f"No key is made by itself until every broker has the master key '{name}' as it is"
            f" here; without it: {who}. Reload them.",
            style="yellow",
        )


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


def _members(steps: Sequence[Step], around: Around) -> dict[str, object]:
    return {
        "steps": [
            {
                "do": each.deed.value,
                "algorithm": each.algorithm.value,
                "at": each.at.isoformat(),
                "kid": each.kid,
            }
            for each in steps
        ],
        "consumers": [members(each) for each in around.fetches],
        "behind": list(around.behind),
        "without_master_key": list(around.without),
    }
