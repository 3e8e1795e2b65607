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
from broker.wiring.secret_prints import master_marks
from keys import (
    KeyRecord,
    KeysError,
    Leak,
    RingNotOpened,
    Rotation,
    Schedule,
    Scope,
    Workshop,
    load_ring,
)
from keys.ring import PUBLISHED

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
    """The ring as it is stored, the tools to change it, and the database's time.

    `mark`: what workers tell that have the master key with which this command seals.
    """

    storage: Storage
    shop: Workshop
    schedule: Schedule
    rotation: Rotation
    records: Sequence[KeyRecord]
    strange: Sequence[StrangeKey]
    now: datetime
    mark: str


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
            mark = master_marks(settings)[0]
            yield Ring(storage, shop, schedule, rotation, records, strange, now, mark)
        except KeysError as error:
            raise CommandFailed(f"It was not done: {error}.") from None


async def see_that_all_can_follow(ring: Ring) -> None:
    """Refuse where the brokers could not open what this command would seal: they would all stop.

    Its master keys open the ring as it is, and every worker has the one that seals.
    """
    try:
        await load_ring(ring.shop.store, (), ring.shop.seal)
    except RingNotOpened as error:
        raise CommandFailed(
            f"Nothing was changed: {error}.",
            "Run this with the master keys that the brokers have. `farstu doctor` names those that "
            "are needed, and for what.",
        ) from None
    without = await ring.storage.workers.without(ring.mark)
    if without:
        name = ring.shop.seal.first
        raise CommandFailed(
            f"Nothing was changed: the master key '{name}', which seals here, is missing or "
            f"another one at {', '.join(without)}.",
            f"Give '{name}' to every broker as it is here, beside the older ones; reload them; then"
            " try again.",
        )


async def see_that_it_can_be_made_good(ring: Ring, leak: Leak) -> None:
    """Refuse to revoke with master keys that are not the brokers': no fresh key would ever sign.

    Not every key need open: some may be forgeries, which are to be revoked.
    """
    if leak.scope is Scope.MASTER:
        return
    try:
        await load_ring(ring.shop.store, (), ring.shop.seal)
    except RingNotOpened as error:
        if _seals_as_brokers_do(ring, error):
            return
        raise CommandFailed(
            f"Nothing was changed: {error}.",
            "Run this with the configuration of a broker that runs. If a master key is lost, or has"
            " leaked: give a new one, then `farstu keys revoke --scope master --master` with the"
            " name of the old one.",
        ) from None


def _seals_as_brokers_do(ring: Ring, error: RingNotOpened) -> bool:
    """Whether what its sealing master key has sealed opens; or anything, where that is nothing."""
    closed = " ".join(key for key, _ in error.closed)
    used = [each for each in ring.records if each.state in PUBLISHED]
    alike = [each for each in used if each.master_key == ring.shop.seal.first]
    return any(each.kid not in closed for each in alike or used)


def schedule_of(settings: Settings) -> Schedule:
    """As the broker computes it."""
    return key_schedule(
        settings,
        cached_for=timedelta(seconds=JWKS_SECONDS),
        lease=timedelta(seconds=KNOWS_FOR_SECONDS),
    )


def chosen(records: Sequence[KeyRecord], kid: str) -> KeyRecord:
    """The one key that is meant."""
    if len(kid) < _SHORTEST:
        raise CommandFailed(f"That is too short: give at least {_SHORTEST} characters of the kid.")
    found = [each for each in records if each.kid.startswith(kid)]
    if not found:
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
