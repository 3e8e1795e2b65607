"""What these commands are given and stand on: which key, why, by whom; the ring and its time."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

import typer

from broker.app.ring import ALGORITHMS
from broker.chores.following import KNOWS_FOR_SECONDS
from broker.cli.database import opened
from broker.cli.desk.asked import OPERATOR
from broker.cli.speaking import CommandFailed, tell
from broker.endpoints.well_known import JWKS_SECONDS
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.storage.key_ports import StrangeKey
from broker.wiring.keys import key_schedule, workshop
from keys import KeyRecord, KeysError, Rotation, Schedule, Workshop

_SHORTEST: Final = 6

KidArgument = Annotated[
    str,
    typer.Argument(
        metavar="KID",
        help="The key, by its `kid` as `farstu keys list` shows it, or the beginning of it.",
    ),
]


@dataclass(frozen=True, slots=True)
class Ring:
    """The ring as it is stored, the tools to change it, and the database's time."""

    storage: Storage
    shop: Workshop
    schedule: Schedule
    rotation: Rotation
    records: Sequence[KeyRecord]
    strange: Sequence[StrangeKey]
    now: datetime


@asynccontextmanager
async def opened_ring(settings: Settings, *, by: str = "") -> AsyncIterator[Ring]:
    """Open it, for whoever acts. What keys raise becomes a failure of the command."""
    actor = f"{OPERATOR}:{by}" if by else OPERATOR
    async with opened(settings) as storage:
        shop = workshop(settings, storage, actor=actor)
        schedule = schedule_of(settings)
        now = (await storage.revisions.read()).clock
        rotation = Rotation(shop, schedule, ALGORITHMS, settings.keys.automatic)
        try:
            records, strange = await storage.keys.all(), await storage.keys.strange()
            yield Ring(storage, shop, schedule, rotation, records, strange, now)
        except KeysError as error:
            raise CommandFailed(f"It was not done: {error}.") from None


def schedule_of(settings: Settings) -> Schedule:
    """As the broker computes it."""
    return key_schedule(
        settings,
        cached_for=timedelta(seconds=JWKS_SECONDS),
        lease=timedelta(seconds=KNOWS_FOR_SECONDS),
    )


def chosen(records: Sequence[KeyRecord], kid: str) -> KeyRecord:
    """The one key that is meant."""
    found = [each for each in records if each.kid.startswith(kid)]
    if len(kid) < _SHORTEST or not found:
        raise CommandFailed(
            "There is no such key.", "`farstu keys list --all` shows every key with its kid."
        )
    if len(found) > 1:
        raise CommandFailed(f"{len(found)} keys begin so.", "Give more of the kid.")
    return found[0]


def tell_strange(ring: Ring) -> None:
    """Say what these commands leave out: an older program is used where a newer one serves."""
    if ring.strange:
        names = ", ".join(sorted({each.algorithm for each in ring.strange}))
        tell(
            f"Left out: {len(ring.strange)} keys of an algorithm that this release does not know "
            f"({names}). Use the newer release's program."
        )


def day_of(at: datetime) -> str:
    """A time as these commands write it."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
