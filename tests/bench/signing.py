"""What the ring costs: signing over the bare primitive, old keys at the start, rotating at speed.

In process, against the real store on SQLite; no HTTP. Times are the processor's.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from joserfc.jwk import Key

from broker.cli.database import new_id
from broker.storage import Storage, migrate_storage, open_storage
from broker.storage.key_journal import KeyAudit
from keys import (
    Activated,
    Algorithm,
    KeyRecord,
    LocalSigner,
    MasterKey,
    OpenRing,
    Rotation,
    Seal,
    State,
    Workshop,
    ensure_keys,
    load_ring,
    schedule,
)
from keys.generate import new_record
from keys.ring import move, signing_key
from keys.sealing import vouched

_NOW: Final = datetime(2026, 3, 1, 8, tzinfo=UTC)
ROUNDS: Final = 40
_OLD: Final = 100
_MINTERS: Final = 4
_ROTATIONS: Final = 50
_CLAIMS: Final = {
    "iss": "https://login.example.se",
    "aud": "https://api.elnat.example.se",
    "sub": "p_7Jx0mN2qTr5vWz8cKf1hLd",
    "client_id": "mina-sidor",
    "iat": 1_795_000_000,
    "exp": 1_795_000_600,
    "jti": "g4hJ2kWq7Zr0aTn5s.8fQ1xLbV3mYc6Rz",
    "scope": "openid invoices:read consumption:read",
    "authorization_details": [
        {
            "type": "customer_account",
            "customer": "c_93bKq0TzWm5xJd2vRh8n",
            "customer_number": "100423",
            "company": "elnat",
            "relation": "holder",
            "actions": ["invoices:read"],
            "proof": "invoice",
            "linked_at": 1_790_000_000,
        }
    ],
}


@dataclass(frozen=True, slots=True)
class SigningFigures:
    """Microseconds for each algorithm, in the middle of the rounds."""

    algorithm: Algorithm
    primitive: float
    signing: float
    verifying: float

    @property
    def over(self) -> float:
        """What our part of a signature takes."""
        return self.signing - self.primitive


@dataclass(frozen=True, slots=True)
class RingFigures:
    """`opened` and `opened_with_old` in seconds; tokens minted while the ring rotated, and lost."""

    signing: tuple[SigningFigures, ...]
    opened: float
    opened_with_old: float
    minted: int
    rotations: int
    lost: int


@dataclass(slots=True)
class _Everybody:
    """`Publishers`: every worker of this process follows at once."""

    behind_now: list[str] = field(default_factory=list)

    async def behind(self) -> list[str]:
        return self.behind_now

    async def time(self) -> datetime:
        return _NOW


def measure_ring(folder: Path) -> RingFigures:
    """All of it; the folder is for the database."""
    folder.mkdir(parents=True)
    return asyncio.run(_measured(folder))


async def _measured(folder: Path) -> RingFigures:
    address = f"sqlite:///{folder}/farstu.db"
    await migrate_storage(address, f"sqlite:///{folder}/transient.db")
    async with open_storage(
        address,
        f"sqlite:///{folder}/transient.db",
        seal=lambda plain, _: plain,
        open_sealed=lambda sealed, _: sealed,
        new_id=new_id,
        clock=lambda: _NOW,
    ) as storage:
        shop = Workshop(
            storage.keys,
            storage.transaction,
            Seal([MasterKey("m1", random.Random(1).randbytes(32))]),  # noqa: S311 - a bench's
            _Everybody(),
            KeyAudit(storage.audit, actor="bench"),
        )
        await ensure_keys(shop, list(Algorithm), now=_NOW)
        ring = await load_ring(storage.keys, list(Algorithm), shop.seal)
        signing = tuple(_signing(ring, algorithm) for algorithm in Algorithm)
        minted, lost = await _rotated_at_speed(shop, ring)
        opened = await _opened(storage, shop.seal)
        await _grow_old(shop)
        return RingFigures(
            signing, opened, await _opened(storage, shop.seal), minted, _ROTATIONS, lost
        )


def _signing(ring: OpenRing, algorithm: Algorithm) -> SigningFigures:
    """The primitive on the same bytes, our signature, our verification: in turn, round by round."""
    signer = LocalSigner(ring, holds=lambda: True)
    token = signer.sign(_CLAIMS, typ="at+jwt", algorithm=algorithm)
    signed = token.rpartition(".")[0].encode()
    primitive = _primitive(ring.private[signing_key(ring.records, algorithm).kid], algorithm)
    calls: tuple[Callable[[], Any], ...] = (
        lambda: primitive(signed),
        lambda: signer.sign(_CLAIMS, typ="at+jwt", algorithm=algorithm),
        lambda: signer.verify(token, typ="at+jwt"),
    )
    rounds = [[_micros(call) for call in calls] for _ in range(ROUNDS)]
    return SigningFigures(algorithm, *(median(each) for each in zip(*rounds, strict=True)))


def _primitive(key: Key, algorithm: Algorithm) -> Callable[[bytes], bytes]:
    native: Any = key.private_key
    match algorithm:
        case Algorithm.RS256:
            assert isinstance(native, rsa.RSAPrivateKey)
            return lambda data: native.sign(data, padding.PKCS1v15(), hashes.SHA256())
        case Algorithm.PS256:
            pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
            return lambda data: native.sign(data, pss, hashes.SHA256())
        case Algorithm.ES256:
            return lambda data: native.sign(data, ec.ECDSA(hashes.SHA256()))
        case Algorithm.EDDSA:
            return native.sign  # type: ignore[no-any-return]


def _micros(call: Callable[[], Any], count: int = 100) -> float:
    began = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - began) / count * 1e6


async def _rotated_at_speed(shop: Workshop, ring: OpenRing) -> tuple[int, int]:
    """Four minters sign and check all the time while the ring rotates; what they lost."""
    signer = LocalSigner(ring, holds=lambda: True)
    counts, is_over = [0, 0], False

    async def mint() -> None:
        while not is_over:
            token = signer.sign(_CLAIMS, typ="at+jwt", algorithm=Algorithm.ES256)
            await asyncio.sleep(0)  # the ring may change between the two
            try:
                signer.verify(token, typ="at+jwt")
            except Exception:  # noqa: BLE001 - whatever it is, a token was lost
                counts[1] += 1
            counts[0] += 1

    minters = [asyncio.create_task(mint()) for _ in range(_MINTERS)]
    try:
        await _rotate(shop, signer)
    finally:
        is_over = True
        await asyncio.gather(*minters)
    return counts[0], counts[1]


async def _rotate(shop: Workshop, signer: LocalSigner) -> None:
    day = timedelta(days=1)
    plan = schedule(
        rotate_every=90 * day,
        announced_for=day,
        cached_for=timedelta(minutes=5),
        lease=timedelta(seconds=15),
        longest_lives=dict.fromkeys(Algorithm, 1_000 * day),
    )
    rotation = Rotation(shop, plan, [Algorithm.ES256])
    for number in range(1, _ROTATIONS + 1):
        [outcome] = await rotation.rotate(
            [Algorithm.ES256], now=_NOW + number * 2 * day, why="bench"
        )
        if not isinstance(outcome, Activated):
            raise TypeError(f"not rotated: {outcome}")
        signer.use(await load_ring(shop.store, [], shop.seal, before=signer.ring))


async def _opened(storage: Storage, seal: Seal) -> float:
    """Seconds to open the whole ring, as at a start; in the middle of some."""
    times = []
    for _ in range(9):
        began = time.process_time()
        await load_ring(storage.keys, list(Algorithm), seal)
        times.append(time.process_time() - began)
    return median(times)


async def _grow_old(shop: Workshop) -> None:
    """As many keys as are left of 25 years, of all algorithms: some retire, some are removed."""
    algorithms = list(Algorithm)
    for number in range(_OLD):
        made = new_record(algorithms[number % len(algorithms)], shop.seal, now=_NOW)
        retired = vouched(
            move(move(made, State.SIGNING, at=_NOW), State.RETIRING, at=_NOW), shop.seal
        )
        await shop.store.add(replace(_late(retired, number), created_at=_NOW))


def _late(record: KeyRecord, number: int) -> KeyRecord:
    """Every tenth is still published."""
    return record if number % 10 == 0 else move(record, State.REMOVED, at=_NOW)
