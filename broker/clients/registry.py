"""Which clients there are: those of the configuration over those registered at run time."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from broker.oauth.client import Client
from broker.storage.ports import ClientStore

_ID = re.compile(r"[\x20-\x7e]{1,255}")
"""RFC 6749 appendix A.1; the database is not asked for anything else."""


@dataclass(frozen=True, slots=True)
class ClientRegistry:
    """`parse` makes a Client of a stored registration's id and JSON metadata, if it still can."""

    configured: Mapping[str, Client]
    stored: ClientStore
    parse: Callable[[str, str], Client | None]

    async def find(self, client_id: str) -> Client | None:
        """A configured client is found without asking the database."""
        client = self.configured.get(client_id)
        if client is not None or not _ID.fullmatch(client_id):
            return client
        stored = await self.stored.find(client_id)
        return self.parse(stored.client_id, stored.metadata) if stored else None
