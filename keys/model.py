"""A signing key's record and its life: announced, signing, retiring, removed; or revoked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Algorithm(StrEnum):
    """JWS algorithms that we sign with (RFC 7518 sections 3.3 to 3.5, RFC 8037 section 3.1)."""

    RS256 = "RS256"
    PS256 = "PS256"
    ES256 = "ES256"
    EDDSA = "EdDSA"


class State(StrEnum):
    """Where a key is in its life."""

    ANNOUNCED = "announced"
    SIGNING = "signing"
    RETIRING = "retiring"
    REMOVED = "removed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """One key of the ring as it is stored.

    `kid` is the RFC 7638 thumbprint; `public_jwk` is canonical JSON with public members only;
    `sealed_private` is the PKCS #8 DER key under AES-256-GCM, opened with the named `master_key`.
    Once it retires, a voucher is sealed instead (`keys.sealing`), and in the end nothing: what
    cannot be opened by anybody cannot leak. `earlier_masters` have sealed the private key before: a
    copy of then opens with them.
    """

    kid: str
    algorithm: Algorithm
    state: State
    public_jwk: str
    sealed_private: bytes
    master_key: str
    created_at: datetime
    announced_at: datetime
    signing_from: datetime | None = None
    retiring_from: datetime | None = None
    removed_at: datetime | None = None
    revoked_at: datetime | None = None
    earlier_masters: tuple[str, ...] = ()
