"""What kept audits say, for `farstu config check`: only where the database is a file that is there.

The check stays one of the configuration: it waits for no server, makes no file, and is silent where
nothing was measured. `farstu doctor` says more.
"""

import asyncio
from contextlib import suppress

from broker.app.guessing import seen
from broker.cli.database import opened
from broker.cli.examining.kept import file_of
from broker.cli.speaking import CommandFailed, say
from broker.settings.schema import Settings
from broker.upkeep.guessing import told
from broker.wiring.storage import storage_urls


def tell_of_guessing(settings: Settings) -> None:
    """Say whose target is missed. Raises SettingsInvalid where the broker would not start."""
    path = file_of(storage_urls(settings)[0])
    if path is None or not path.exists():
        return
    with suppress(CommandFailed):
        asyncio.run(_tell(settings))


async def _tell(settings: Settings) -> None:
    async with opened(settings) as storage:
        for each in await seen(settings, storage):
            say(f"{each.company}: {told(each)}. docs/audit.md says what to change.", style="yellow")
