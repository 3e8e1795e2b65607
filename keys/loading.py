"""Making sure that there are keys, and opening them: what a worker does before it serves.

Every key that signs or will sign must open, or nothing starts. Rotation is not done here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from joserfc.jwk import Key

from keys import jwk
from keys.errors import KeyMismatch, MasterKeyMissing, RingNotOpened, SealBroken
from keys.generate import new_record
from keys.model import Algorithm, KeyRecord, State
from keys.ports import KeyStore, Transaction
from keys.ring import CAN_SIGN, missing, move, published, signing_key
from keys.seal import Bond, Seal, Sealed


@dataclass(frozen=True, slots=True)
class OpenRing:
    """A snapshot of the ring with its keys parsed, by `kid`."""

    records: tuple[KeyRecord, ...]
    public: Mapping[str, Key]
    private: Mapping[str, Key] = field(repr=False)
    by_kid: Mapping[str, KeyRecord] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Find published records by `kid` without looking through them each time."""
        by_kid = {record.kid: record for record in published(self.records)}
        object.__setattr__(self, "by_kid", by_kid)


async def ensure_keys(
    store: KeyStore,
    transaction: Transaction,
    algorithms: Sequence[Algorithm],
    seal: Seal,
    *,
    now: datetime,
) -> tuple[KeyRecord, ...]:
    """Add the keys that are missing; return those added by this call, none where all are there.

    Safe when several workers start at once: keys are generated first, then the ring is looked at
    again and added to in one serialised transaction, so that one worker's keys win.
    """
    spare_parts = _generate(await store.all(), algorithms, seal, now=now)
    added: list[KeyRecord] = []
    async with transaction():
        records = await store.all()
        for algorithm, fresh in spare_parts.items():
            for state, record in zip(missing(records, algorithm), fresh, strict=False):
                ready = record if state is State.ANNOUNCED else move(record, state, at=now)
                if await store.add(ready):
                    added.append(ready)
    return tuple(added)


def _generate(
    records: Sequence[KeyRecord], algorithms: Sequence[Algorithm], seal: Seal, *, now: datetime
) -> dict[Algorithm, list[KeyRecord]]:
    return {
        algorithm: [new_record(algorithm, seal, now=now) for _ in missing(records, algorithm)]
        for algorithm in dict.fromkeys(algorithms)
    }


async def load_ring(
    store: KeyStore, algorithms: Sequence[Algorithm], seal: Seal, *, before: OpenRing | None = None
) -> OpenRing:
    """Open the ring, proving that every key that signs or will sign opens and is what it says.

    Keys that are open in the snapshot `before` are not parsed again: an RSA key takes 30 ms.
    Raises RingNotOpened with each key that does not and the reason, or NoSigningKey.
    """
    records = tuple(await store.all())
    for algorithm in algorithms:
        signing_key(records, algorithm)
    public: dict[str, Key] = {}
    private: dict[str, Key] = {}
    closed: list[tuple[str, str]] = []
    for record in published(records):
        try:
            public[record.kid] = jwk.public_key(record)
            if record.state in CAN_SIGN:
                known = before.private.get(record.kid) if before else None
                private[record.kid] = known or _open(record, seal)
        except (MasterKeyMissing, SealBroken, KeyMismatch) as problem:
            closed.append((_shown(record), str(problem)))
    if closed:
        raise RingNotOpened(closed)
    return OpenRing(records=records, public=public, private=private)


def _open(record: KeyRecord, seal: Seal) -> Key:
    sealed = Sealed(content=record.sealed_private, master_key=record.master_key)
    bond = Bond(kid=record.kid, algorithm=record.algorithm.value)
    return jwk.private_key(record, seal.open(sealed, bond))


def _shown(record: KeyRecord) -> str:
    return f"{record.algorithm.value} key {record.kid} ({record.state.value})"
