"""`farstu keys rewrap`: everything under the newest master key."""

import asyncio

from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.desk.asked import ByOption, ReasonOption, checked_by, checked_reason
from broker.cli.keyring.asked import opened_ring, see_that_all_can_follow
from broker.cli.speaking import say
from broker.settings.schema import Settings
from keys import KeyRecord, rewrap


def rewrap_keys(*, reason: ReasonOption, by: ByOption = "", config: ConfigOption = None) -> None:
    """Seal the signing keys with the newest master key, so that an older one can be given up.

    Tokens and services notice nothing. Every broker must have the newest master key first. What is
    sealed besides moves by itself: contacts with the next two imports, messages and codes when they
    are over. `farstu doctor` says which master keys are still needed, and for what.
    """
    checked_reason(reason)
    checked_by(by)
    moved = asyncio.run(_rewrap(read_settings(config), reason, by))
    for each in moved:
        say(f"{each.algorithm} {each.kid} ({each.state}) is sealed with {each.master_key} now.")
    if not moved:
        say("Every key is sealed with the newest master key already.")
    say("`farstu doctor` says which master keys are still needed.")


async def _rewrap(settings: Settings, reason: str, by: str) -> tuple[KeyRecord, ...]:
    async with opened_ring(settings, by=by) as ring:
        await see_that_all_can_follow(ring)
        return await rewrap(ring.shop, now=ring.now, why=reason)
