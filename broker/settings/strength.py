"""Judging whether a secret looks like random bytes.

A test of looks cannot prove randomness; it catches words, patterns and what people type. True
random values fail it with a probability far below one in a million.
"""

import base64
import binascii
import math
from collections import Counter
from itertools import pairwise

KEY_BYTES = 32
CLIENT_SECRET_LENGTH = 32
_DISTINCT = 18  # of 32 random bytes, 30 are distinct on average
_MIN_BITS = 90.0  # 32 random hexadecimal figures are measured at 115 on average


def key_bytes(text: str) -> bytes | None:
    """Decode a key of 32 bytes; None if it is none.

    Base64url is what we make; `openssl rand -base64 32` has the other alphabet and is taken too.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == KEY_BYTES else None


def one_spelling(text: str) -> str:
    """Write a key the one way that we make it, so that it can be compared as text."""
    raw = key_bytes(text)
    return text if raw is None else base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def looks_random(raw: bytes) -> bool:
    """Whether 32 bytes look random: neither text, nor few values, nor a regular series."""
    steps = {(after - before) % 256 for before, after in pairwise(raw)}
    is_text = raw.isascii() and raw.decode("ascii").isprintable()
    return len(set(raw)) >= _DISTINCT and len(steps) >= _DISTINCT and not is_text


def is_guessable(secret: str) -> bool:
    """Whether a client secret is too regular for its length: repeated, or of few letters."""
    repeats = secret in (secret + secret)[1:-1]
    counts = Counter(secret).values()
    bits = -sum(n * math.log2(n / len(secret)) for n in counts)
    return repeats or bits < _MIN_BITS
