"""Making sure that there are keys, and opening them: what a worker does before it serves.

Every key that signs or will sign must open, and every other that is published must be vouched for,
or nothing starts. Rotation is not done here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from joserfc.jwk import Key

from keys import jwk
from keys.errors import RingNotOpened
from keys.model import Algorithm, KeyRecord, State
from keys.ports import KeyStore
from keys.ring import CAN_SIGN, missing, published, signing_key, spares
from keys.seal import Seal
from keys.sealing import UNOPENED, opened, private_key
from keys.workshop import Workshop


@dataclass(frozen=True, slots=True)
class OpenRing:
    """A snapshot of the ring with its keys parsed, by `kid`."""

    records: tuple[KeyRecord, ...]
    public: Mapping[str, Key]
    private: Mapping[str, Key] = field(repr=False)
    by_kid: Mapping[str, KeyRecord] = field(init=False, repr=False)
    signing: Mapping[Algorithm, KeyRecord] = field(init=False, repr=False)
    next: Mapping[Algorithm, KeyRecord] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Find what is asked for with each token without looking through all records."""
        states = {(record.algorithm, record.state) for record in self.records}
        looked_up = {
            "by_kid": {record.kid: record for record in published(self.records)},
            "signing": {
                each: signing_key(self.records, each)
                for each, state in states
                if state is State.SIGNING
            },
            "next": {
                each: spares(self.records, each)[0]
                for each, state in states
                if state is State.ANNOUNCED
            },
        }
        for name, found in looked_up.items():
            object.__setattr__(self, name, found)


async def ensure_keys(
    shop: Workshop, algorithms: Sequence[Algorithm], *, now: datetime
) -> tuple[KeyRecord, ...]:
    """Add the keys that are missing; return those added by this call, none where all are there.

    Safe when several workers start at once: keys are generated first, then the ring is looked at
    again and added to in one serialised transaction, so that one worker's keys win.
    """
    before = await shop.store.all()
    made = {
        algorithm: await shop.made([algorithm] * len(missing(before, algorithm)), now=now)
        for algorithm in dict.fromkeys(algorithms)
    }
    added: list[KeyRecord] = []
    async with shop.transaction():
        records = await shop.store.all()
        for algorithm, fresh in made.items():
            for state, key in zip(missing(records, algorithm), fresh, strict=False):
                there = await shop.announced(key, at=now)
                added.append(
                    there if state is State.ANNOUNCED else await shop.moved(there, state, at=now)
                )
    return tuple(added)


async def load_ring(
    store: KeyStore, algorithms: Sequence[Algorithm], seal: Seal, *, before: OpenRing | None = None
) -> OpenRing:
    """Open the ring, proving that every key that it publishes is ours and what it says.

    Keys whose record is as it was in the snapshot `before` are not parsed again: an RSA key takes
    30 ms.
    Raises RingNotOpened with each key that does not and the reason, or NoSigningKey for an
    algorithm for which none signs and none waits to.
    """
    records = tuple(await store.all())
    for algorithm in algorithms:
        if not spares(records, algorithm):
            signing_key(records, algorithm)
    public: dict[str, Key] = {}
    private: dict[str, Key] = {}
    closed: list[tuple[str, str]] = []
    for record in published(records):
        try:
            public[record.kid] = jwk.public_key(record)
            if record.state in CAN_SIGN:
                private[record.kid] = _known(record, before) or private_key(record, seal)
            else:
                opened(record, seal)
        except UNOPENED as problem:
            closed.append((_shown(record), str(problem)))
    if closed:
        raise RingNotOpened(closed)
    return OpenRing(records=records, public=public, private=private)


def _known(record: KeyRecord, before: OpenRing | None) -> Key | None:
    """Of this very record; one that was changed since has to open again."""
    seen = before.by_kid.get(record.kid) if before else None
    if before is None or seen is None or _what_opens(seen) != _what_opens(record):
        return None
    return before.private.get(record.kid)


def _what_opens(record: KeyRecord) -> tuple[object, ...]:
    return record.algorithm, record.public_jwk, record.sealed_private, record.master_key


def _shown(record: KeyRecord) -> str:
    return f"{record.algorithm.value} key {record.kid} ({record.state.value})"
