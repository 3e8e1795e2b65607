"""`farstu keys accept-salt`: another pairwise salt, knowing what that does."""

import asyncio

from broker.app.same_salt import SALT
from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
from broker.cli.desk.asked import (
    OPERATOR,
    ByOption,
    ReasonOption,
    YesOption,
    checked_by,
    checked_reason,
)
from broker.cli.speaking import confirmed, say, tell
from broker.settings.schema import Settings
from broker.storage.ports import AuditEvent
from broker.wiring.secret_prints import salt_print


def accept_salt(
    *,
    reason: ReasonOption,
    by: ByOption = "",
    yes: YesOption = False,
    config: ConfigOption = None,
) -> None:
    """Use the configured pairwise salt, though it is not the one that this installation began with.

    Every pairwise `sub` changes with it, for good: whoever signs in is somebody new to each portal
    that gets pairwise subjects. Only where the first salt is lost. Links to customers stay.
    """
    checked_reason(reason)
    checked_by(by)
    settings = read_settings(config)
    if asyncio.run(_is_in_force(settings)):
        say("This salt is the one that is in force: nothing was changed.")
        return
    if not yes:
        tell("Every pairwise `sub` changes: portals will take everybody for somebody new.")
        confirmed("Use this salt from now on?")
    asyncio.run(_accept(settings, reason, by))
    say("The broker starts with this salt now.", style="bold green")
    say("Those that run go on with the one that they began with: restart every one.")


async def _is_in_force(settings: Settings) -> bool:
    """Nothing is kept in mind by asking: before the first start none is."""
    async with opened(settings) as storage:
        return await storage.first_prints.kept(SALT) == salt_print(settings)


async def _accept(settings: Settings, reason: str, by: str) -> None:
    event = AuditEvent(
        kind="pairwise_salt_changed",
        at=now(),
        actor=f"{OPERATOR}:{by}" if by else OPERATOR,
        facts={"reason": reason},
    )
    async with opened(settings) as storage, storage.transaction():
        await storage.first_prints.replace(SALT, salt_print(settings))
        await storage.audit.append(event)
