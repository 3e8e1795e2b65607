"""The key ring in use by this worker, and its JWK Set as ready bytes."""

from broker.chores.following import Presence
from broker.endpoints.well_known import Document
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.telemetry.log import KeysReloaded, Log
from broker.wiring.keys import workshop
from keys import (
    Algorithm,
    Lease,
    LocalSigner,
    OpenRing,
    RingStale,
    Workshop,
    ensure_keys,
    jwks_document,
    load_ring,
)

ALGORITHMS = tuple(Algorithm)


class Ring:
    """The signer and the document always show the same snapshot, and only while the lease holds."""

    def __init__(
        self, shop: Workshop, ring: OpenRing, lease: Lease, *, max_age: int, log: Log
    ) -> None:
        self.shop = shop
        self._max_age = max_age
        self._lease = lease
        self._log = log
        self.signer = LocalSigner(ring, holds=lambda: lease.holds)
        self._document = self._published(ring)

    def document(self) -> Document:
        """The JWK Set of the ring in use; raises RingStale where it may have changed since."""
        if not self._lease.holds:
            raise RingStale
        return self._document

    async def reload(self) -> None:
        """Follow a change; raises KeysError, and goes on with what there was."""
        before = self.signer.ring
        ring = await load_ring(self.shop.store, ALGORITHMS, self.shop.seal, before=before)
        self._document = self._published(ring)
        self.signer.use(ring)
        self._log.write(KeysReloaded(published=len(ring.by_kid)))

    def _published(self, ring: OpenRing) -> Document:
        content = jwks_document(ring.records)
        return Document(content, "application/jwk-set+json", self._max_age)


async def open_ring(
    settings: Settings, storage: Storage, presence: Presence, *, max_age: int, log: Log
) -> Ring:
    """The key ring, made on the very first start; nothing starts unless every key opens.

    Times are the database's.

    `max_age`: for how many seconds its JWK Set may be kept.
    """
    shop = workshop(settings, storage)
    await ensure_keys(shop, ALGORITHMS, now=presence.seen.clock)
    ring = await load_ring(storage.keys, ALGORITHMS, shop.seal)
    return Ring(shop, ring, presence.lease, max_age=max_age, log=log)
