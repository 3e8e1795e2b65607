"""What we sign with: the key ring, its keys at rest, and the signer.

Stands alone: needs `cryptography` and `joserfc`, and a store through `keys.ports`. Nothing here
knows about clients, customers or HTTP. Begin with `ring`, then `plan`, `rotation`, `emergency`.
"""

from keys.emergency import Aftermath, Emergency, Leak, Scope, after, compromised
from keys.errors import (
    KeysError,
    MasterKeysInvalid,
    NoSigningKey,
    NoSuchKey,
    RingNotOpened,
    RingStale,
    TokenRefused,
    by_reason,
)
from keys.jwks import jwks_document
from keys.lease import CLOCKS, Lease
from keys.loading import OpenRing, ensure_keys, load_ring
from keys.model import Algorithm, KeyRecord, State
from keys.outcomes import NotEverywhere, NotThere, Outcome, TooYoung, Withdrawn
from keys.plan import Deed, Step, plan, signs_from
from keys.ports import KeyJournal, KeyStore, Publishers, Transaction
from keys.rewrapping import rewrap
from keys.rotation import Done, Rotation
from keys.schedule import CLOCKS_APART, Schedule, schedule
from keys.seal import MasterKey, Seal
from keys.signer import LocalSigner, Signer
from keys.workshop import Activated, Workshop

__all__ = [
    "CLOCKS",
    "CLOCKS_APART",
    "Activated",
    "Aftermath",
    "Algorithm",
    "Deed",
    "Done",
    "Emergency",
    "KeyJournal",
    "KeyRecord",
    "KeyStore",
    "KeysError",
    "Leak",
    "Lease",
    "LocalSigner",
    "MasterKey",
    "MasterKeysInvalid",
    "NoSigningKey",
    "NoSuchKey",
    "NotEverywhere",
    "NotThere",
    "OpenRing",
    "Outcome",
    "Publishers",
    "RingNotOpened",
    "RingStale",
    "Rotation",
    "Schedule",
    "Scope",
    "Seal",
    "Signer",
    "State",
    "Step",
    "TokenRefused",
    "TooYoung",
    "Transaction",
    "Withdrawn",
    "Workshop",
    "after",
    "by_reason",
    "compromised",
    "ensure_keys",
    "jwks_document",
    "load_ring",
    "plan",
    "rewrap",
    "schedule",
    "signs_from",
]
