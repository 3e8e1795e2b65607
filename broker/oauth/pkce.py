"""Proof key for code exchange, S256 only (RFC 7636)."""

import re
from hmac import compare_digest

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from broker.oauth.errors import InvalidGrant, InvalidRequest

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def read_challenge(challenge: str, method: str, *, required: bool) -> str:
    """A well-formed S256 challenge, or empty where none is needed (section 4.3)."""
    if not challenge:
        if method:
            raise InvalidRequest("code_challenge_method was sent without code_challenge")
        if required:
            raise InvalidRequest("code_challenge is missing (PKCE with S256 is required)")
        return ""
    if method != "S256":
        raise InvalidRequest("code_challenge_method must be S256")
    if not _CHALLENGE.fullmatch(challenge):
        raise InvalidRequest("code_challenge is not a SHA-256 in base64url")
    return challenge


def check_verifier(verifier: str, challenge: str) -> None:
    """Compare verifier and challenge (section 4.6); each without the other is refused.

    A verifier for a code that was issued without a challenge is a downgrade attempt (RFC 9700
    section 4.8.2).
    """
    if not challenge and not verifier:
        return
    if not challenge or not _VERIFIER.fullmatch(verifier):
        raise InvalidGrant("code_verifier does not fit the code")
    if not compare_digest(create_s256_code_challenge(verifier), challenge):
        raise InvalidGrant("code_verifier does not fit the code")
