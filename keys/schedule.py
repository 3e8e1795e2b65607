"""How long a key stays in each state: computed from what others may keep, never chosen shorter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from keys.model import Algorithm

CLOCKS_APART: Final = timedelta(seconds=5)
"""A worker whose clock is further from the database's does not sign."""

LEEWAY: Final = timedelta(seconds=60)
"""What those who check our tokens commonly allow for their own clocks."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Made by `schedule`. `lease`: how long after its last look a worker may still use a ring."""

    rotate_every: timedelta
    announced_for: timedelta
    retiring_for: Mapping[Algorithm, timedelta]
    lease: timedelta


def schedule(
    *,
    rotate_every: timedelta,
    announced_for: timedelta,
    cached_for: timedelta,
    lease: timedelta,
    longest_lives: Mapping[Algorithm, timedelta],
) -> Schedule:
    """Return the schedule in which nobody meets a key that they cannot have.

    `cached_for`: for how long the JWK Set may be kept (its `max-age`). `announced_for`: for how
    long a new key is to be seen before it signs; at least what the caches, a worker that was late
    to follow and clocks that differ take. `longest_lives`: of what each algorithm signs, the time
    until nobody needs to check it any more. Raises ValueError where a key would be replaced
    before its successor may sign.
    """
    announced = max(announced_for, cached_for + lease + CLOCKS_APART)
    if rotate_every < announced:
        raise ValueError("keys would be replaced sooner than the next one may sign")
    after = lease + CLOCKS_APART + LEEWAY
    retiring = {algorithm: life + after for algorithm, life in longest_lives.items()}
    return Schedule(rotate_every, announced, retiring, lease)
