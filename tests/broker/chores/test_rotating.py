"""Keys are moved in the database's time, as it is when they are moved."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broker.chores.rotating import Rotating
from broker.storage.ports import Revision
from keys import Algorithm, Seal, State
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


async def test_what_took_its_time_to_be_made_is_announced_when_it_is_there() -> None:
    """Caches have from then on to fetch it; what signed may have signed until then."""
    ring, seal, slow = RingInMemory(), Seal([MASTER]), Slow()
    shop = workshop(ring, seal)
    for state, key in zip(
        (State.SIGNING, State.ANNOUNCED),
        await shop.made([Algorithm.ES256] * 2, now=NOW),
        strict=True,
    ):
        await shop.announced(key, at=NOW)
        if state is State.SIGNING:
            await shop.moved(key, state, at=NOW)
    assert (
        await Rotating(
            shop, SCHEDULE, [Algorithm.ES256], is_automatic=True, revisions=slow, log=Notebook()
        ).run(NOW)
        == 1
    )
    [spare] = ring.in_state(State.ANNOUNCED, Algorithm.ES256)
    [retiring] = ring.in_state(State.RETIRING, Algorithm.ES256)
    assert len(slow.told) == 2
    assert spare.announced_at == retiring.retiring_from == slow.told[-1]
