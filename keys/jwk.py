"""From key records to key objects, and the other way: the only place that knows key formats.

A public key is kept as canonical JSON with the members that RFC 7638 section 3.2 requires for its
type and no others; a private key as PKCS #8 DER. Parsing is slow (up to 30 ms for RSA): callers
parse once and keep the object.
"""

import base64
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from keys.errors import KeyMismatch
from keys.model import Algorithm, KeyRecord

RSA_BITS = 2048
"""The default; 3072 and 4096 are slower to sign with, some 3 and 6 times."""

_FAMILY = {
    Algorithm.RS256: ("RSA", None),
    Algorithm.PS256: ("RSA", None),
    Algorithm.ES256: ("EC", "P-256"),
    Algorithm.EDDSA: ("OKP", "Ed25519"),
}


def new_key(algorithm: Algorithm, *, rsa_bits: int = RSA_BITS) -> Key:
    """A fresh private key from the operating system's random generator."""
    match algorithm:
        case Algorithm.RS256 | Algorithm.PS256:
            return RSAKey.generate_key(rsa_bits)
        case Algorithm.ES256:
            return ECKey.generate_key("P-256")
        case Algorithm.EDDSA:
            return OKPKey.generate_key("Ed25519")


def public_json(key: Key) -> str:
    """The public key in canonical JSON; its SHA-256 is the thumbprint (RFC 7638 section 3)."""
    members = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}
    parts = key.as_dict(private=False)
    return json.dumps({name: parts[name] for name in members[key.key_type]}, separators=(",", ":"))


def public_key(record: KeyRecord) -> Key:
    """The record's public key, or KeyMismatch if it is not the one that `kid` is a print of."""
    digest = hashlib.sha256(record.public_jwk.encode()).digest()
    if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != record.kid:
        raise KeyMismatch
    try:
        members = json.loads(record.public_jwk)
        if (members["kty"], members.get("crv")) != _FAMILY[record.algorithm]:
            raise KeyMismatch
        return _types(record.algorithm).import_key(members)
    except (ValueError, KeyError, TypeError, AttributeError, JoseError):
        raise KeyMismatch from None


def public_pem(record: KeyRecord) -> str:
    """The record's public key as PEM (RFC 7468 section 13)."""
    native: PublicKeyTypes = public_key(record).public_key  # type: ignore[assignment]
    return native.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def to_pkcs8(key: Key) -> bytes:
    """The private key as unencrypted PKCS #8 DER, to be sealed at once."""
    native: PrivateKeyTypes = key.private_key  # type: ignore[assignment]
    return native.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def private_key(record: KeyRecord, der: bytes) -> Key:
    """The key in `der`, or KeyMismatch if it is not the private half of the record's public key."""
    native = load_der_private_key(der, password=None)
    if native.public_key() != public_key(record).public_key:
        raise KeyMismatch
    return _types(record.algorithm)(native, native)  # type: ignore[arg-type]


def _types(algorithm: Algorithm) -> type[RSAKey | ECKey | OKPKey]:
    match algorithm:
        case Algorithm.RS256 | Algorithm.PS256:
            return RSAKey
        case Algorithm.ES256:
            return ECKey
        case Algorithm.EDDSA:
            return OKPKey
