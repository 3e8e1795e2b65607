"""Compact JWS by hand (RFC 7515 section 7.1), because a good library refuses to make bad tokens.

Signs properly with RS256 and ES256, and improperly (no algorithm, HS256 with a public key) for the
faults. It never verifies anything.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from providers.emulated.encoding import encode
from providers.emulated.keys import PrivateKey, SigningKey

Members = Mapping[str, object]


def sign(claims: Members, key: SigningKey, header: Members | None = None) -> str:
    """Return a signed token; `header` replaces the usual `typ`, `alg` and `kid`."""
    head = {"typ": "JWT", "alg": key.algorithm, "kid": key.kid} if header is None else header
    signing_input = _join(head, claims)
    return f"{signing_input}.{encode(_signature(key.private, signing_input.encode()))}"


def leave_unsigned(claims: Members) -> str:
    """Return an unsecured token (RFC 7518 section 3.6), which nobody must accept."""
    return f"{_join({'typ': 'JWT', 'alg': 'none'}, claims)}."


def sign_with_public_key(claims: Members, key: SigningKey) -> str:
    """Return an HS256 token keyed with the PEM of the public key: the confusion attack."""
    signing_input = _join({"typ": "JWT", "alg": "HS256", "kid": key.kid}, claims)
    mac = hmac.new(key.public_pem(), signing_input.encode(), hashlib.sha256).digest()
    return f"{signing_input}.{encode(mac)}"


def half_hash(value: str) -> str:
    """Return an `at_hash` (OpenID Connect Core section 3.1.3.6)."""
    return encode(hashlib.sha256(value.encode("ascii")).digest()[:16])


def _join(header: Members, claims: Members) -> str:
    return ".".join(
        encode(json.dumps(part, separators=(",", ":"), ensure_ascii=False).encode())
        for part in (header, claims)
    )


def _signature(private: PrivateKey, signing_input: bytes) -> bytes:
    if isinstance(private, rsa.RSAPrivateKey):
        return private.sign(signing_input, padding.PKCS1v15(), hashes.SHA256())
    r, s = decode_dss_signature(private.sign(signing_input, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
