"""The emulated providers' signing keys, and the rings in which they rotate.

Private keys are made when first needed and remembered by name in a `KeyStock`, which several
applications in one process can share (making RSA keys is slow). Weak keys are made on purpose.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from providers.emulated.encoding import encode, encode_integer

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

STRONG_BITS = 2048
WEAK_BITS = 1024


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key under its published name; `members` go into the JWK besides the key itself."""

    kid: str
    private: PrivateKey
    members: Mapping[str, object] = field(default_factory=dict)

    @property
    def algorithm(self) -> str:
        """The JWS algorithm that the key is for."""
        return "RS256" if isinstance(self.private, rsa.RSAPrivateKey) else "ES256"

    def publish(self) -> dict[str, object]:
        """Return the public JWK (RFC 7517)."""
        return {**_public_members(self.private), "use": "sig", "kid": self.kid, **self.members}

    def public_pem(self) -> bytes:
        """Return the public key as PEM: what an HS256 confusion attack uses as its secret."""
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


def _public_members(private: PrivateKey) -> dict[str, object]:
    if isinstance(private, rsa.RSAPrivateKey):
        numbers = private.public_key().public_numbers()
        return {"kty": "RSA", "n": encode_integer(numbers.n), "e": encode_integer(numbers.e)}
    point = private.public_key().public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": encode_integer(point.x, 32),
        "y": encode_integer(point.y, 32),
    }


class KeyStock:
    """Private keys by name, made once."""

    def __init__(self) -> None:
        self._rsa: dict[tuple[str, int], rsa.RSAPrivateKey] = {}
        self._ec: dict[str, ec.EllipticCurvePrivateKey] = {}

    def rsa(self, name: str, bits: int = STRONG_BITS) -> rsa.RSAPrivateKey:
        """Return the RSA key of this name and size."""
        if (name, bits) not in self._rsa:
            self._rsa[name, bits] = rsa.generate_private_key(65537, bits)
        return self._rsa[name, bits]

    def ec(self, name: str) -> ec.EllipticCurvePrivateKey:
        """Return the P-256 key of this name."""
        if name not in self._ec:
            self._ec[name] = ec.generate_private_key(ec.SECP256R1())
        return self._ec[name]


def name_key(private: PrivateKey) -> str:
    """Return a key id of 40 hexadecimal digits, as Google's and Yahoo's are."""
    der = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(der).hexdigest()[:40]


def thumbprint(der_certificate: bytes) -> str:
    """Return a certificate's `x5t` (RFC 7515 section 4.1.7: SHA-1 by definition)."""
    return encode(hashlib.sha1(der_certificate, usedforsecurity=False).digest())
