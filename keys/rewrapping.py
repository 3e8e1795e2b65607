"""Moving what is sealed under the newest master key, so that an older one can be given up."""

from dataclasses import replace
from datetime import datetime

from keys.model import KeyRecord
from keys.ring import PUBLISHED
from keys.sealing import opened, sealed
from keys.workshop import Workshop


async def rewrap(shop: Workshop, *, now: datetime, why: str) -> tuple[KeyRecord, ...]:
    """Seal anew what an older master key seals; the records that were changed.

    Raises one of `keys.sealing.UNOPENED`, and then has changed nothing.
    """
    moved = []
    async with shop.transaction():
        for each in await shop.store.all():
            if each.state in PUBLISHED and each.master_key != shop.seal.first:
                anew = sealed(each, opened(each, shop.seal), shop.seal)
                changed = replace(anew, earlier_masters=(*each.earlier_masters, each.master_key))
                await shop.store.change(changed, was=each.state)
                await shop.journal.note("rewrapped", changed, at=now, why=why)
                moved.append(changed)
    return tuple(moved)
