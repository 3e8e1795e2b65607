"""Graph versions: how long each lives, and which one answers when an expired one is called."""

from collections.abc import Mapping
from datetime import date

ENDS: Mapping[str, date | None] = {
    "v20.0": date(2026, 9, 24),
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
    "v26.0": None,
}


def find_served(asked: str, today: date) -> str | None:
    """Return the version that answers: the one asked for while it lives, else the oldest living.

    An empty `asked` is a call without version. None: there never was such a version.
    """
    if asked and asked not in ENDS:
        return None
    living = [name for name, end in ENDS.items() if end is None or today < end]
    return asked if asked in living else living[0]
