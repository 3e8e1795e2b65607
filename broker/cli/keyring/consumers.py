"""Who has fetched keys, as far as somebody can read it: those that matter most, first and few.

Anybody may fetch under any name, so there may be a thousand of them.
"""

from collections.abc import Collection, Sequence
from typing import Final

from broker.settings.schema import Settings
from broker.storage import Storage
from broker.storage.key_ports import Fetches
from broker.wiring.clients import names_of_services

SHOWN: Final = 20
"""Names; an installation has some tens of services, most of them registered."""


async def consumers(settings: Settings, storage: Storage) -> Sequence[Fetches]:
    """All of them, in the order in which they matter."""
    stored = {each.client_id for each in await storage.clients.all()}
    return by_weight(await storage.key_fetches.all(), names_of_services(settings) | stored)


def by_weight(fetches: Sequence[Fetches], registered: Collection[str]) -> Sequence[Fetches]:
    """Registered clients and resources first, then those who come most regularly."""
    return sorted(
        fetches,
        key=lambda each: (
            each.consumer not in registered,
            not each.is_regular,
            -each.count,
            each.consumer,
        ),
    )
