"""The drill's seconds: keys change every few of them, clocks may be as wrong as they always may.

Waits between workers are a tenth of an installation's or less, and the caches of services are
shorter in the same proportion as ours (300 s become 5). How far clocks may be apart (5 s between
workers and database, 60 s at services) is what it is everywhere.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from broker.app.pace import EVERYDAY, Pace
from broker.chores.running import Beat
from keys import Algorithm, Schedule, schedule

TOKEN_SECONDS: Final = 40
LEEWAY_SECONDS: Final = 60
SKEW_SECONDS: Final = 59
"""A second is left for the tokens' whole seconds."""

HURRIED: Final = Pace(
    looks_every=0.2,
    knows_for=1.5,
    says_so_every=0.5,
    counted_for=timedelta(seconds=3),
    cached_for=5,
)
BEAT: Final = Beat(
    look_every=timedelta(seconds=0.5),
    lease=timedelta(seconds=3),
    renew_every=timedelta(seconds=1),
    again_after=timedelta(seconds=1),
)
ROTATE_EVERY: Final = timedelta(seconds=12)
TURN_EVERY: Final = timedelta(seconds=0.5)
PACES: Final = {
    "hurried": HURRIED,
    "everyday": replace(EVERYDAY, cached_for=HURRIED.cached_for),
}
"""The second is that of every installation, but for the caches of services."""


def drill_schedule() -> Schedule:
    """Keys are announced for as long as the caches need, and not a second longer."""
    return schedule(
        rotate_every=ROTATE_EVERY,
        announced_for=timedelta(0),
        cached_for=timedelta(seconds=HURRIED.cached_for),
        lease=timedelta(seconds=HURRIED.knows_for),
        longest_lives=dict.fromkeys(Algorithm, timedelta(seconds=TOKEN_SECONDS)),
    )


@dataclass(frozen=True, slots=True)
class Cache:
    """What a library keeps keys for, in seconds: as it comes, and here.

    None: for as long as it knows every `kid` that it meets.
    """

    usual: int | None
    here: float | None
    cooldown: float = 0.5
