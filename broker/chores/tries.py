"""When a message that could not leave is tried again, and when no more."""

from datetime import timedelta
from typing import Final

_FIRST: Final = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 180))
_THEN: Final = timedelta(hours=6)

UNREADABLE_EVERY: Final = timedelta(days=1)
UNREADABLE_TRIES: Final = 30


def next_try(failed_before: int, *, give_up_after: timedelta) -> timedelta | None:
    """How long to wait after one more failed try; None when it has been tried for long enough.

    Counted in tries, not from when the message was written: what waited while nothing was
    delivered at all (no channel, no broker) has its tries still before it.
    """
    waited = sum(map(_pause, range(failed_before)), timedelta())
    return None if waited >= give_up_after else _pause(failed_before)


def _pause(number: int) -> timedelta:
    return _FIRST[number] if number < len(_FIRST) else _THEN
