"""The token endpoint's successful answer (RFC 6749 section 5.1, OpenID Connect Core 3.1.3.3)."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """Tokens for a client. `expires_in` in seconds; no `id_token` without the openid scope.

    `login_id` is for the log alone.
    """

    access_token: str
    expires_in: int
    scopes: tuple[str, ...]
    id_token: str = ""
    login_id: str = ""

    def members(self) -> dict[str, Any]:
        """The JSON object's members."""
        members: dict[str, Any] = {
            "access_token": self.access_token,
            "token_type": "Bearer",
            "expires_in": self.expires_in,
            "scope": " ".join(self.scopes),
        }
        return members | ({"id_token": self.id_token} if self.id_token else {})
