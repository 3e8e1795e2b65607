"""`farstu keys list`: what there is."""

import asyncio
import json
from datetime import datetime
from typing import Annotated

import typer

from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.desk.asked import JsonOption
from broker.cli.keyring.asked import Ring, opened_ring, tell_strange
from broker.cli.speaking import say
from broker.settings.schema import Settings
from keys import KeyRecord, State

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
