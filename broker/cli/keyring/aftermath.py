"""After a revocation: the fresh keys sign as soon as they may, and who does not follow is named."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from broker.cli.keyring.asked import Ring, opened_ring
from broker.cli.speaking import CommandFailed, say, tell
from broker.settings.schema import Settings
from keys import Aftermath, KeyRecord, State

_LOOK_EVERY: Final = 0.5
_NAMED_EVERY: Final = 5.0
_LOOK_FOR: Final = 60.0
"""Seconds: a worker that has died is waited for no longer than half of that."""

_INTERRUPTED: Final = (
    "You need not wait: the brokers do the rest by themselves. `farstu keys list` shows it."
)


def follow_up(settings: Settings, done: Aftermath, workers: Sequence[str], by: str) -> None:
    """Wait until what shall sign does, and until every one of these workers publishes it.

    Raises CommandFailed where nothing signs after a minute, or where none of the workers that
    there were publishes it.
    """
    try:
        signing, left_behind = asyncio.run(_followed(settings, done, workers, by))
    except KeyboardInterrupt:
        tell(_INTERRUPTED)
        raise
    if workers and len(left_behind) == len(workers):
        raise CommandFailed(
            "No worker that ran before publishes the new keys: nobody can log in at a portal.",
            f"Reload or restart the brokers now ({', '.join(left_behind)}), with every master key"
            " that this command has. Their log says why they do not follow (`following_failed`).",
        )
    for each in (*done.signing, *signing):
        say(f"{each.algorithm} {each.kid} signs.", style="bold green")
    if left_behind:
        say(
            f"These do not publish the new keys, and sign nothing: {', '.join(left_behind)}."
            " Reload or restart them, if they were not just replaced.",
            style="yellow",
        )


async def _followed(
    settings: Settings, done: Aftermath, workers: Sequence[str], by: str
) -> tuple[Sequence[KeyRecord], list[str]]:
    """What signs now, and which of the workers publish something else."""
    if workers or done.waiting:
        tell("Waiting until every worker publishes the new keys …")
    awaited, behind = {each.kid for each in done.waiting}, workers
    async with opened_ring(settings, by=by) as ring:
        rings = sorted({each.algorithm for each in done.waiting})
        rotation = replace(ring.rotation, algorithms=rings, is_automatic=False)
        fresh = await rotation.prepared(now=ring.now)
        for look in range(int(_LOOK_FOR / _LOOK_EVERY)):
            if awaited:
                now = (await ring.storage.revisions.read()).clock
                await rotation.turn(now=now, fresh=fresh)
            left = [each for each in await ring.storage.keys.all() if each.kid in awaited]
            is_done = not any(each.state is State.ANNOUNCED for each in left)
            behind = await ring.storage.workers.behind()
            if is_done and not behind:
                signing = [each for each in left if each.state is State.SIGNING]
                return signing, await _left_behind(ring, workers)
            if look and not look % (_NAMED_EVERY / _LOOK_EVERY):
                _name(behind, look * _LOOK_EVERY)
            await asyncio.sleep(_LOOK_EVERY)
    raise CommandFailed(
        f"Revoked, but the new keys are not everywhere. Not published by: {', '.join(behind)}.",
        "Stop those workers, or see in their log why they do not follow; the others go on.",
    )


def _name(behind: Sequence[str], seconds: float) -> None:
    tell(
        f"Not yet by {', '.join(behind) or 'all'}; {seconds:.0f} of {_LOOK_FOR:.0f} s. A worker"
        " that has died is waited for some 30 s."
    )


async def _left_behind(ring: Ring, workers: Sequence[str]) -> list[str]:
    """Those that are heard of no more, or that never said that they publish these keys."""
    alive = set(await ring.storage.workers.alive())
    return [each for each in workers if each not in alive]
