"""Key rings: which key signs, which are published, and how they rotate.

The newest announced key is not used until a rotation makes it sign; a rotation keeps a fixed number
of earlier keys published. Where all keys of a ring come from is the maker's business.
"""

from collections.abc import Callable
from itertools import count

from providers.emulated.keys import KeyStock, SigningKey, name_key

MakeKey = Callable[[int], SigningKey]


class KeyRing:
    """Signing keys of one issuer, newest last; made on first use."""

    def __init__(self, make: MakeKey, size: int) -> None:
        self._make = make
        self._size = size
        self._serial = count()
        self._keys: list[SigningKey] = []
        self._announced: SigningKey | None = None

    def signer(self) -> SigningKey:
        """Return the key that signs now."""
        return self._fill()[-1]

    def published(self) -> list[SigningKey]:
        """Return every key of the key set; order changes as keys come, as Google's does."""
        keys = self._fill()
        return keys if self._announced is None else [self._announced, *keys]

    def announce(self) -> None:
        """Publish the next key without signing with it yet."""
        self._fill()
        if self._announced is None:
            self._announced = self._next()

    def rotate(self) -> None:
        """Sign with the announced key, or with a new one at once; the oldest leaves the set."""
        keys = self._fill()
        keys.append(self._announced or self._next())
        self._announced = None
        self._keys = keys[-self._size :]

    def _fill(self) -> list[SigningKey]:
        while len(self._keys) < self._size:
            self._keys.append(self._next())
        return list(self._keys)

    def _next(self) -> SigningKey:
        return self._make(next(self._serial))


def rsa_ring(stock: KeyStock, name: str) -> KeyRing:
    """Return the ring of a provider that publishes two RS256 keys."""

    def make(serial: int) -> SigningKey:
        private = stock.rsa(f"{name} {serial}")
        return SigningKey(name_key(private), private, {"alg": "RS256"})

    return KeyRing(make, 2)
