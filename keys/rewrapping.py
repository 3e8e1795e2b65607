"""Moving private keys under the newest master key, so that an older one can be given up."""

from dataclasses import replace
from datetime import datetime

from keys.model import KeyRecord
from keys.ring import CAN_SIGN
from keys.seal import Bond, Sealed
from keys.workshop import Workshop


async def rewrap(shop: Workshop, *, now: datetime, why: str) -> tuple[KeyRecord, ...]:
    """Seal anew what an older master key seals; the records that were changed.

    Raises MasterKeyMissing or SealBroken, and then has changed nothing.
    """
    moved = []
    async with shop.transaction():
        for each in await shop.store.all():
            if each.state in CAN_SIGN and each.master_key != shop.seal.first:
                sealed = _sealed_anew(shop, each)
                changed = replace(
                    each,
                    sealed_private=sealed.content,
                    master_key=sealed.master_key,
                    earlier_masters=(*each.earlier_masters, each.master_key),
                )
                await shop.store.change(changed, was=each.state)
                await shop.journal.note("rewrapped", changed, at=now, why=why)
                moved.append(changed)
    return tuple(moved)


def _sealed_anew(shop: Workshop, record: KeyRecord) -> Sealed:
    bond = Bond(kid=record.kid, algorithm=record.algorithm.value)
    plain = shop.seal.open(Sealed(record.sealed_private, record.master_key), bond)
    return shop.seal.close(plain, bond)
