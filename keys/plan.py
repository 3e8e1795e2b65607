"""What happens to the ring next, and when: one plan, which is printed and which is carried out.

Pure rules over records and a time. Carrying it out, and the proof that every worker publishes a
key before it signs, is `keys.rotation`'s.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from keys.model import Algorithm, KeyRecord, State
from keys.ring import spares
from keys.schedule import Schedule


class Deed(StrEnum):
    """What is done to a ring; in this order where several are due."""

    ACTIVATE = "activate"
    REMOVE = "remove"
    ANNOUNCE = "announce"


@dataclass(frozen=True, slots=True)
class Step:
    """One deed, not before `at`. `kid` is empty for a key that does not exist yet."""

    deed: Deed
    algorithm: Algorithm
    at: datetime
    kid: str = ""


def plan(
    records: Sequence[KeyRecord],
    algorithms: Iterable[Algorithm],
    schedule: Schedule,
    *,
    now: datetime,
    is_automatic: bool = True,
) -> tuple[Step, ...]:
    """The next steps of every ring by time; those that are due have a time that is not after `now`.

    `algorithms`: the rings that there are. Where they are not renewed by themselves, a ring gets
    what it has not: a key that signs, and a spare. What retires is removed in time in any case.
    """
    steps = [
        *(
            step
            for algorithm in algorithms
            for step in _renewal(records, algorithm, schedule, now, is_automatic=is_automatic)
        ),
        *(_removal(each, schedule) for each in records if each.state is State.RETIRING),
    ]
    return tuple(sorted(steps, key=lambda each: (each.at, list(Deed).index(each.deed), each.kid)))


def due(steps: Iterable[Step], *, now: datetime) -> tuple[Step, ...]:
    """Those whose time has come, in the order in which they are done."""
    ready = [each for each in steps if each.at <= now]
    return tuple(sorted(ready, key=lambda each: list(Deed).index(each.deed)))


def signs_from(
    records: Iterable[KeyRecord], spare: KeyRecord, schedule: Schedule
) -> datetime | None:
    """From when this spare may sign; None: as soon as every worker publishes it.

    The latter where nothing signs: a token that some cache cannot check yet is better than none.
    """
    signing = [each for each in records if _signs(each, spare.algorithm)]
    return spare.announced_at + schedule.announced_for if signing else None


def _renewal(
    records: Sequence[KeyRecord],
    algorithm: Algorithm,
    schedule: Schedule,
    now: datetime,
    *,
    is_automatic: bool,
) -> Iterator[Step]:
    waiting = spares(records, algorithm)
    if not waiting:
        yield Step(Deed.ANNOUNCE, algorithm, now)
        return
    first = waiting[0]
    ready = signs_from(records, first, schedule)
    if ready is None:
        yield Step(Deed.ACTIVATE, algorithm, now, first.kid)
        return
    if not is_automatic:
        return
    began = max(each.signing_from or each.created_at for each in records if _signs(each, algorithm))
    yield Step(Deed.ACTIVATE, algorithm, max(began + schedule.rotate_every, ready), first.kid)


def _removal(record: KeyRecord, schedule: Schedule) -> Step:
    since = record.retiring_from or record.created_at
    kept = schedule.retiring_for.get(record.algorithm, max(schedule.retiring_for.values()))
    return Step(Deed.REMOVE, record.algorithm, since + kept, record.kid)


def _signs(record: KeyRecord, algorithm: Algorithm) -> bool:
    return record.state is State.SIGNING and record.algorithm is algorithm
