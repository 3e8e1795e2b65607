"""How fast workers tell each other of keys: production has one pace, a drill may have a faster one.

Every wait is long enough for the ones that it must outlast; a pace that is not is refused.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from broker.chores.following import EVERY_SECONDS, KNOWS_FOR_SECONDS, SAYS_SO_EVERY_SECONDS
from broker.endpoints.well_known import JWKS_SECONDS
from broker.storage.sql.workers import COUNTED_FOR


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds, except `counted_for`.

    A worker looks every `looks_every`, uses what it saw for `knows_for`, and says so every
    `says_so_every`; who is heard of no more counts for `counted_for`. `cached_for`: the `max-age`
    of the JWK Set. Raises ValueError where a worker would still sign when nobody counts it.
    """

    looks_every: float = EVERY_SECONDS
    knows_for: float = KNOWS_FOR_SECONDS
    says_so_every: float = SAYS_SO_EVERY_SECONDS
    counted_for: timedelta = COUNTED_FOR
    cached_for: int = JWKS_SECONDS

    def __post_init__(self) -> None:
        """See that who is not counted any more neither publishes nor signs."""
        if self.counted_for.total_seconds() <= self.knows_for + self.says_so_every:
            raise ValueError("a worker would be forgotten while it still signs")


EVERYDAY: Final = Pace()
"""That of every installation."""
