"""Who has fetched keys, as far as somebody can read it: those that matter most, first and few.

Anybody may fetch under any name, so there may be a thousand of them.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Final

from broker.cli.keyring.asked import day_of
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.storage.key_ports import Fetches
from broker.wiring.clients import names_of_services
from keys import KeyRecord

SHOWN: Final = 20
"""Names; an installation has some tens of services, most of them registered."""


async def consumers(settings: Settings, storage: Storage) -> Sequence[Fetches]:
    """All of them, in the order in which they matter."""
    stored = {each.client_id for each in await storage.clients.all()}
    return by_weight(await storage.key_fetches.all(), names_of_services(settings) | stored)


def by_weight(fetches: Sequence[Fetches], registered: Collection[str]) -> Sequence[Fetches]:
    """Registered clients and resources first, then those who come most regularly."""
    return sorted(
        fetches,
        key=lambda each: (
            each.consumer not in registered,
            not each.is_regular,
            -each.count,
            each.consumer,
        ),
    )


def evidence(fetches: Sequence[Fetches], coming: Sequence[KeyRecord]) -> Iterator[str]:
    """Lines that say who has fetched the keys that come next; what they are called, they say."""
    if not coming:
        return
    yield ""
    if not fetches:
        yield "Nobody is known to have fetched keys in the last month (it is noted once a minute)."
        return
    yield "Who has fetched keys lately (noted once a minute):"
    widest = max(len(each.consumer) for each in fetches[:SHOWN])
    for each in fetches[:SHOWN]:
        last = f"last {day_of(each.last_at)}{_rhythm(each)}"
        yield f"  {each.consumer:<{widest}}  {_has(each, coming)}  ({last})"
    if rest := fetches[SHOWN:]:
        have = sum(not _lacking(each, coming) for each in rest)
        yield f"  and {len(rest)} more, of whom {have} have them all"


def members(fetches: Fetches) -> dict[str, object]:
    """One of them, for a program; `longest_seconds` is None before there were two fetches."""
    longest = fetches.longest
    return {
        "consumer": fetches.consumer,
        "count": fetches.count,
        "first_at": fetches.first_at.isoformat(),
        "last_at": fetches.last_at.isoformat(),
        "longest_seconds": None if longest is None else longest.total_seconds(),
    }


def span(length: timedelta) -> str:
    """A length of time in the unit that suits it."""
    seconds = length.total_seconds()
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _has(fetches: Fetches, coming: Sequence[KeyRecord]) -> str:
    lacking = _lacking(fetches, coming)
    is_one = len(coming) == 1
    if not lacking:
        return "has the next key" if is_one else "has the next keys"
    if len(lacking) == len(coming):
        return f"has NOT fetched since {'it was' if is_one else 'they were'} announced"
    return f"has NOT fetched since {', '.join(lacking)} was announced"


def _lacking(fetches: Fetches, coming: Sequence[KeyRecord]) -> list[str]:
    return [each.algorithm.value for each in coming if fetches.last_at <= each.announced_at]


def _rhythm(fetches: Fetches) -> str:
    if not fetches.longest:
        return ""
    every = (fetches.last_at - fetches.first_at) / max(fetches.count - 1, 1)
    return f", every {span(every)}, at most {span(fetches.longest)} apart"
