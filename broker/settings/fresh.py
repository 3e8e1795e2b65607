"""New secrets of our own, from the operating system's randomness."""

import secrets

from broker.settings.strength import KEY_BYTES


def new_key() -> str:
    """Return 32 random bytes in base64url: for `[secrets]`, and long enough for any client."""
    return secrets.token_urlsafe(KEY_BYTES)
