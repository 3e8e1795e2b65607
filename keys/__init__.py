"""What we sign with: the key ring, its keys at rest, and the signer.

Stands alone: needs `cryptography` and `joserfc`, and a store through `keys.ports`. Nothing here
knows about clients, customers or HTTP. Begin with `ring`.
"""

from keys.errors import KeysError, NoSigningKey, RingNotOpened, TokenRefused, by_reason
from keys.jwks import jwks_document
from keys.loading import OpenRing, ensure_keys, load_ring
from keys.model import Algorithm, KeyRecord, State
from keys.ports import KeyStore, Transaction
from keys.seal import MasterKey, Seal
from keys.signer import LocalSigner, Signer

__all__ = [
    "Algorithm",
    "KeyRecord",
    "KeyStore",
    "KeysError",
    "LocalSigner",
    "MasterKey",
    "NoSigningKey",
    "OpenRing",
    "RingNotOpened",
    "Seal",
    "Signer",
    "State",
    "TokenRefused",
    "Transaction",
    "by_reason",
    "ensure_keys",
    "jwks_document",
    "load_ring",
]
