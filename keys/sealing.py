"""What is sealed of a key: its private part while it can sign; a voucher once it retires.

A voucher is nothing at all, sealed for this `kid` as one that retires. It cannot sign, but only who
has a master key can make it: so nobody who merely writes in the database can add a key to the JWK
Set, or bring a revoked one back.
"""

from dataclasses import replace

from joserfc.jwk import Key

from keys import jwk
from keys.errors import KeyMismatch, MasterKeyMissing, NothingSealed, SealBroken
from keys.model import KeyRecord, State
from keys.ring import CAN_SIGN
from keys.seal import Bond, Seal, Sealed

UNOPENED = (MasterKeyMissing, SealBroken, NothingSealed, KeyMismatch)
"""Why a record does not open, or is not what it says."""


def bond(record: KeyRecord) -> Bond:
    """What the sealed part of this record belongs to."""
    purpose = "signing-key" if record.state in CAN_SIGN else "retiring-key"
    return Bond(record.kid, record.algorithm.value, purpose)


def opened(record: KeyRecord, seal: Seal) -> bytes:
    """The private part, or nothing for a voucher.

    Raises MasterKeyMissing, SealBroken or NothingSealed.
    """
    if not record.sealed_private:
        raise NothingSealed
    plain = seal.open(Sealed(record.sealed_private, record.master_key), bond(record))
    if (record.state in CAN_SIGN) != bool(plain):
        raise SealBroken(record.master_key)
    return plain


def private_key(record: KeyRecord, seal: Seal) -> Key:
    """The private key of a record that can sign; raises one of UNOPENED."""
    return jwk.private_key(record, opened(record, seal))


def vouched(record: KeyRecord, seal: Seal) -> KeyRecord:
    """The record with a voucher, if it is one of a key that retires."""
    return sealed(record, b"", seal) if record.state is State.RETIRING else record


def sealed(record: KeyRecord, plain: bytes, seal: Seal) -> KeyRecord:
    """The record with this sealed by the newest master key."""
    done = seal.close(plain, bond(record))
    return replace(record, sealed_private=done.content, master_key=done.master_key)
