"""Carries an accepted request through the login page and back, signed, so that nothing is stored.

A page left open overnight still works; a page from before a restart does not.
"""

import secrets

import msgspec
from itsdangerous import BadData, URLSafeSerializer

from providers.emulated.login import LoginRequest


class Tickets:
    """Seals and opens login requests for one provider."""

    def __init__(self, provider: str) -> None:
        self._serializer = URLSafeSerializer(secrets.token_bytes(32), salt=provider)

    def seal(self, login: LoginRequest) -> str:
        """Return the request as a signed form value."""
        return str(self._serializer.dumps(msgspec.to_builtins(login)))

    def open(self, ticket: str) -> LoginRequest | None:
        """Return the request, or None where the value was not sealed here."""
        try:
            return msgspec.convert(self._serializer.loads(ticket), LoginRequest)
        except (BadData, msgspec.ValidationError):
            return None
