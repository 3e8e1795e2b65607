"""New signing keys: generated, named by their thumbprint, sealed before they leave this module."""

from datetime import datetime

from keys import jwk
from keys.model import Algorithm, KeyRecord, State
from keys.seal import Seal
from keys.sealing import sealed


def new_record(
    algorithm: Algorithm, seal: Seal, *, now: datetime, rsa_bits: int = jwk.RSA_BITS
) -> KeyRecord:
    """A new key in the state `announced`; its `kid` is the RFC 7638 thumbprint (SHA-256).

    An RSA key takes some 0.1 s of processor time to find, of 4096 bits some seconds: not for a
    request's path.
    """
    key = jwk.new_key(algorithm, rsa_bits=rsa_bits)
    while (kid := key.thumbprint()).startswith("-"):  # a command would take it for an option
        key = jwk.new_key(algorithm, rsa_bits=rsa_bits)
    record = KeyRecord(
        kid=kid,
        algorithm=algorithm,
        state=State.ANNOUNCED,
        public_jwk=jwk.public_json(key),
        sealed_private=b"",
        master_key="",
        created_at=now,
        announced_at=now,
    )
    return sealed(record, jwk.to_pkcs8(key), seal)
