"""Base64url without padding, and integers as JWK members want them (RFC 7515 section 2)."""

import base64


def encode(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def encode_integer(value: int, length: int | None = None) -> str:
    """Return a non-negative integer, big-endian, in base64url (RFC 7518 section 2)."""
    return encode(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))
