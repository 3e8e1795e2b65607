"""Private keys at rest: AES-256-GCM under named master keys that live outside the database.

Several master keys may be open at once; the first one seals, the name on a record tells which one
opens. What is sealed is bound to the record that it belongs to, so that it opens nowhere else.
Where the master keys come from is not known here.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.errors import MasterKeyMissing, MasterKeysInvalid, SealBroken

_VERSION = b"\x01"
_KEY_BYTES = 32
# 96 random bits a seal: safe for 2**32 seals under one master key (NIST SP 800-38D section 8.3),
# where a ring makes a few a year.
_NONCE_BYTES = 12
_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class MasterKey:
    """32 random bytes and the name by which records refer to them."""

    name: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bond:
    """What a sealed value belongs to; every part is authenticated with it."""

    kid: str
    algorithm: str
    purpose: str = "signing-key"

    def under(self, master_key: str) -> bytes:
        """The associated data: the parts, each preceded by its length so that none can shift."""
        parts = ("farstu", self.purpose, self.algorithm, self.kid, master_key)
        encoded = [part.encode() for part in parts]
        return _VERSION + b"".join(len(part).to_bytes(4) + part for part in encoded)


@dataclass(frozen=True, slots=True)
class Sealed:
    """Ciphertext and the name of the master key that opens it."""

    content: bytes
    master_key: str


class Seal:
    """Seals with the first master key, opens with any of them."""

    def __init__(
        self, masters: Sequence[MasterKey], *, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        _check(masters)
        self._random = random
        self._first = masters[0].name
        self._ciphers = {master.name: AESGCM(master.secret) for master in masters}

    @property
    def first(self) -> str:
        """The name of the master key that seals."""
        return self._first

    def close(self, plain: bytes, bond: Bond) -> Sealed:
        """Seal bytes so that they open only together with the same bond."""
        nonce = self._random(_NONCE_BYTES)
        body = self._ciphers[self._first].encrypt(nonce, plain, bond.under(self._first))
        return Sealed(content=_VERSION + nonce + body, master_key=self._first)

    def open(self, sealed: Sealed, bond: Bond) -> bytes:
        """Return the plain bytes, or raise MasterKeyMissing or SealBroken."""
        cipher = self._ciphers.get(sealed.master_key)
        if cipher is None:
            raise MasterKeyMissing(sealed.master_key)
        nonce, body = _split(sealed)
        try:
            return cipher.decrypt(nonce, body, bond.under(sealed.master_key))
        except InvalidTag:
            raise SealBroken(sealed.master_key) from None


def _split(sealed: Sealed) -> tuple[bytes, bytes]:
    content = sealed.content
    if len(content) < 1 + _NONCE_BYTES + _TAG_BYTES or content[:1] != _VERSION:
        raise SealBroken(sealed.master_key)
    return content[1 : 1 + _NONCE_BYTES], content[1 + _NONCE_BYTES :]


def _check(masters: Sequence[MasterKey]) -> None:
    if not masters:
        raise MasterKeysInvalid("no master key was given: private keys are never stored in clear")
    names = [master.name for master in masters]
    if "" in names or len(set(names)) != len(names):
        raise MasterKeysInvalid("every master key needs a name of its own")
    for master in masters:
        if len(master.secret) != _KEY_BYTES:
            raise MasterKeysInvalid(
                f"the master key '{master.name}' has {len(master.secret)} bytes, not 32:"
                " generate it with a cryptographic random generator"
            )
