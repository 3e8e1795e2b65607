"""The key ring in use by this worker, and its JWK Set as ready bytes."""

from collections.abc import Callable
from datetime import datetime

from broker.endpoints.well_known import JWKS_SECONDS, Document
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.telemetry.log import KeysReloaded, Log
from broker.wiring.secret_keys import signing_masters
from keys import Algorithm, LocalSigner, OpenRing, Seal, ensure_keys, jwks_document, load_ring

ALGORITHMS = tuple(Algorithm)


class Ring:
    """The signer and the document always show the same snapshot."""

    def __init__(self, storage: Storage, seal: Seal, ring: OpenRing, log: Log) -> None:
        self._storage = storage
        self._seal = seal
        self._log = log
        self.signer = LocalSigner(ring)
        self._document = _document(ring)

    def document(self) -> Document:
        """The JWK Set of the ring in use."""
        return self._document

    async def reload(self) -> None:
        """Follow a change; raises KeysError, and goes on with what there was."""
        before = self.signer.ring
        ring = await load_ring(self._storage.keys, ALGORITHMS, self._seal, before=before)
        self._document = _document(ring)
        self.signer.use(ring)
        self._log.write(KeysReloaded(published=len(ring.by_kid)))


async def open_ring(
    settings: Settings, storage: Storage, *, clock: Callable[[], datetime], log: Log
) -> Ring:
    """The key ring, made on the very first start; nothing starts unless every key opens."""
    seal = Seal(signing_masters(settings))
    await ensure_keys(storage.keys, storage.transaction, ALGORITHMS, seal, now=clock())
    return Ring(storage, seal, await load_ring(storage.keys, ALGORITHMS, seal), log)


def _document(ring: OpenRing) -> Document:
    return Document(jwks_document(ring.records), "application/jwk-set+json", JWKS_SECONDS)
