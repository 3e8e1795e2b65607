"""Values that leave our hands and come back: sealed where secret, signed where not.

AES-256-GCM for what nobody else may read (flow cookies, records at rest), itsdangerous for tickets
that may be read but not made. Each value belongs to one purpose and opens for no other.
"""

import hashlib
import hmac
import re
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

NONCE_BYTES = 12
# How far the clocks of two workers may be apart.
_SKEW_SECONDS = 5
_SIGNED = re.compile(r"[A-Za-z0-9_.-]+")


class NotOurs(Exception):
    """It was not sealed or signed here for this purpose, or it is too old."""


class Sealer:
    """Seals with the first key and opens with any; the purpose is authenticated with the value."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = tuple(AESGCM(_derive(key, b"seal")) for key in keys)

    def seal(self, purpose: str, value: bytes) -> str:
        """Bytes → base64url text for a cookie or form field."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._ciphers[0].encrypt(nonce, value, purpose.encode())
        return urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, purpose: str, text: str) -> bytes:
        """The bytes, or NotOurs."""
        try:
            sealed = b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except ValueError:
            raise NotOurs from None
        if len(sealed) < NONCE_BYTES:
            raise NotOurs
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
            except InvalidTag:
                continue
        raise NotOurs


class Vault:
    """Seals records at rest under named master keys: the name travels in front of the value.

    `about` is the record's identity, authenticated with it: a value moved to another record does
    not open.
    """

    def __init__(self, master_keys: Mapping[str, bytes]) -> None:
        self._ciphers = {name: AESGCM(_derive(key, b"vault")) for name, key in master_keys.items()}
        newest = max(master_keys)
        self._sealing = self._ciphers[newest]
        self._prefix = newest.encode() + b"\0"

    def seal(self, value: bytes, about: bytes) -> bytes:
        """`name NUL nonce ciphertext`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self._prefix + nonce + self._sealing.encrypt(nonce, value, about)

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """The value; NotOurs when the key is missing or the record is another's."""
        name, _, rest = sealed.partition(b"\0")
        cipher = self._ciphers.get(name.decode("ascii", "replace"))
        if cipher is None or len(rest) < NONCE_BYTES:
            raise NotOurs
        try:
            return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], about)
        except InvalidTag:
            raise NotOurs from None


def master_key_of(sealed: bytes) -> str:
    """The name that stands in front of what a `Vault` sealed; empty for none."""
    return sealed.partition(b"\0")[0].decode("ascii", "replace")


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed, and when: to the second, never later than it was."""

    words: tuple[str, ...]
    at: datetime


class TicketSigner:
    """Signs small readable values for one purpose each, with a time limit.

    `now` gives POSIX seconds.
    """

    def __init__(
        self, keys: Sequence[bytes], purpose: str, *, now: Callable[[], float] = time.time
    ) -> None:
        self._now = now
        # itsdangerous signs with the last of the list and accepts any.
        self._serializer = URLSafeTimedSerializer(
            [_derive(key, b"sign") for key in reversed(keys)],
            salt=purpose,
            signer=_ByOurClock,
            signer_kwargs={
                "key_derivation": "hmac",
                "digest_method": hashlib.sha256,
                "now": now,
            },
        )

    def sign(self, value: Sequence[str]) -> str:
        """A list of words → URL-safe text."""
        return str(self._serializer.dumps(list(value)))

    def read(self, text: str, *, max_age: int) -> Signed:
        """The words and their time, or NotOurs; `max_age` in seconds."""
        if not _SIGNED.fullmatch(text):  # itsdangerous skips what is not base64
            raise NotOurs
        try:
            value, signed_at = self._serializer.loads(text, return_timestamp=True)
        except BadSignature:
            raise NotOurs from None
        # Judged here: itsdangerous refuses what another worker signed a second ahead of our clock.
        if not -_SKEW_SECONDS <= self._now() - signed_at.timestamp() <= max_age:
            raise NotOurs
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise NotOurs
        return Signed(tuple(value), signed_at.astimezone(UTC))


class _ByOurClock(TimestampSigner):
    """Signs with the time of the installation's clock."""

    def __init__(self, *args: Any, now: Callable[[], float], **more: Any) -> None:
        super().__init__(*args, **more)
        self._now = now

    def get_timestamp(self) -> int:
        """POSIX seconds."""
        return int(self._now())


def _derive(key: bytes, use: bytes) -> bytes:
    """One key per use: a 32-byte secret never serves two algorithms."""
    return hmac.digest(key, b"farstu " + use, "sha256")
