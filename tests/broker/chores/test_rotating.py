"""Keys are moved in the database's time, as it is when they are moved."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broker.chores.rotating import Rotating
from broker.storage.ports import Revision
from keys import Algorithm, Seal, State, Workshop
from tests.broker.chores.notebook import Notebook
from tests.keys.conftest import MASTER, NOW, RingInMemory, workshop
from tests.keys.test_plan import DAY, SCHEDULE

TEN = timedelta(seconds=10)
DUE = NOW + 90 * DAY


@dataclass
class Slow:
    """Revisions of a database whose time goes on by ten seconds between two looks."""

    now: datetime = DUE
    told: list[datetime] = field(default_factory=list)

    async def read(self) -> Revision:
        self.told.append(self.now)
        self.now += TEN
        return Revision(1, 1, self.told[-1])


async def everybody() -> Sequence[str]:
    """Has the master key."""
    return ()


async def nobody() -> Sequence[str]:
    """Has it but this one."""
    return ("machine-b/7",)


async def ring_that_is_due() -> tuple[RingInMemory, Workshop]:
    """Of one algorithm."""
    ring, seal = RingInMemory(), Seal([MASTER])
    shop = workshop(ring, seal)
    for state, key in zip(
        (State.SIGNING, State.ANNOUNCED),
        await shop.made([Algorithm.ES256] * 2, now=NOW),
        strict=True,
    ):
        await shop.announced(key, at=NOW)
        if state is State.SIGNING:
            await shop.moved(key, state, at=NOW)
    return ring, shop


def rotating(
    shop: Workshop, slow: Slow, without: Callable[[], Awaitable[Sequence[str]]] = everybody
) -> Rotating:
    """The chore."""
    return Rotating(
        shop,
        SCHEDULE,
        [Algorithm.ES256],
        is_automatic=True,
        revisions=slow,
        without=without,
        log=Notebook(),
    )


async def test_while_a_master_key_is_rolled_out_nothing_is_sealed_with_it() -> None:
    """The others could not open the ring; afterwards it goes on by itself."""
    ring, shop = await ring_that_is_due()
    before = dict(ring.records)
    assert await rotating(shop, Slow(), nobody).run(NOW) == 0
    assert ring.records == before
    assert await rotating(shop, Slow()).run(NOW) == 1


async def test_what_took_its_time_to_be_made_is_announced_when_it_is_there() -> None:
    """Caches have from then on to fetch it; what signed may have signed until then."""
    ring, shop = await ring_that_is_due()
    slow = Slow()
    assert await rotating(shop, slow).run(NOW) == 1
    [spare] = ring.in_state(State.ANNOUNCED, Algorithm.ES256)
    [retiring] = ring.in_state(State.RETIRING, Algorithm.ES256)
    assert len(slow.told) == 2
    assert spare.announced_at == retiring.retiring_from == slow.told[-1]
