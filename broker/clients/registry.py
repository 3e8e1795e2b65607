"""Which clients there are: those of the configuration over those registered at run time."""

import re
from collections.abc import Callable, Mapping

from broker.oauth.client import Client
from broker.storage.ports import ClientStore

_ID = re.compile(r"[\x20-\x7e]{1,255}")
"""RFC 6749 appendix A.1; the database is not asked for anything else."""


class ClientRegistry:
    """`parse` makes a Client of a stored registration's id and JSON metadata, if it still can."""

    def __init__(
        self,
        configured: Mapping[str, Client],
        stored: ClientStore,
        parse: Callable[[str, str], Client | None],
    ) -> None:
        self.configured = configured
        self._stored = stored
        self._parse = parse
        self._found: dict[str, Client] = {}

    async def find(self, client_id: str) -> Client | None:
        """A configured client, or one that was found before, is not asked for again."""
        client = self.configured.get(client_id) or self._found.get(client_id)
        if client is not None or not _ID.fullmatch(client_id):
            return client
        found = self._found  # `forget` during the question leaves this one to nobody
        stored = await self._stored.find(client_id)
        client = self._parse(stored.client_id, stored.metadata) if stored else None
        if client is not None:
            found[client_id] = client
        return client

    def forget(self) -> None:
        """Ask anew: registrations were changed."""
        self._found = {}
