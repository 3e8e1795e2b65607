"""`sub`: the person's own opaque id, or one that differs per sector (Core section 8)."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from broker.oauth.client import Client

PAIRWISE_BYTES = 18


@dataclass(frozen=True, slots=True)
class Subjects:
    """Subjects as clients see them; a changed salt changes every pairwise one."""

    salt: bytes = field(repr=False)

    def of(self, person: str, client: Client) -> str:
        """The `sub` of this person for this client; unguessable, never reassigned."""
        if not client.pairwise_sector:
            return person
        message = f"{client.pairwise_sector}\0{person}".encode()
        digest = hmac.digest(self.salt, message, "sha256")[:PAIRWISE_BYTES]
        return "s_" + urlsafe_b64encode(digest).decode()
