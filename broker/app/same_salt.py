"""At the start: pairwise subjects are made from the salt that they were always made from.

With another one every pairwise `sub` would be another: portals would take everybody for somebody
new. So nothing starts with it, until somebody has said that they want that.
"""

from typing import Final

from broker.settings.problem import Problem, SettingsInvalid
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.wiring.secret_prints import salt_print

SALT: Final = "pairwise_salt"

CHANGED: Final = Problem(
    "secrets.pairwise_salt",
    "Not the one that this installation began with: every pairwise `sub` would change, and portals "
    "would take everybody for somebody new.",
    "Put the first one back. If it is lost for good: `farstu keys accept-salt`.",
)


async def see_that_the_salt_is_the_same(settings: Settings, storage: Storage) -> None:
    """Keep the first one's print; raises SettingsInvalid for another one."""
    mine = salt_print(settings)
    if await storage.first_prints.first(SALT, mine) != mine:
        raise SettingsInvalid([CHANGED])
