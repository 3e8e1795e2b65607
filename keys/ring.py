"""The key ring's rules: which key signs, which keys the world sees, what is missing.

A key is announced before it signs, so that everybody who checks our tokens has fetched it by then;
it retires before it is removed, so that what it signed can be checked for as long as that lives:

    announced ──> signing ──> retiring ──> removed
        │└───────────│───────────^│
        └────────────┴────────────┴──> revoked         (its `kid` is never forgotten)

Only the very first key of each algorithm signs at once, since nobody can have fetched anything yet.
From then on a spare is always announced. Plain rules over records: nothing here stores, opens or
generates a key; *when* to move on is `keys.plan`'s.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from keys.errors import ForbiddenMove, NoSigningKey
from keys.model import Algorithm, KeyRecord, State

MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.ANNOUNCED: frozenset({State.SIGNING, State.RETIRING, State.REVOKED}),
        State.SIGNING: frozenset({State.RETIRING, State.REVOKED}),
        State.RETIRING: frozenset({State.REMOVED, State.REVOKED}),
        State.REMOVED: frozenset(),
        State.REVOKED: frozenset(),
    }
)

PUBLISHED = frozenset({State.ANNOUNCED, State.SIGNING, State.RETIRING})
"""In the JWK Set, and accepted on our own tokens."""

CAN_SIGN = frozenset({State.ANNOUNCED, State.SIGNING})
"""Signs now or will: the private part must be at hand. Of every other key it is destroyed."""


def move(record: KeyRecord, to: State, *, at: datetime) -> KeyRecord:
    """The record in its next state, with the time of the move; ForbiddenMove if there is no way.

    With the move that ends its signing, the private part is gone.
    """
    if to is State.ANNOUNCED or to not in MOVES[record.state]:
        raise ForbiddenMove(f"a key that is {record.state.value} cannot become {to.value}")
    if to not in CAN_SIGN:
        record = _emptied(record)
    match to:
        case State.SIGNING:
            return replace(record, state=to, signing_from=at)
        case State.RETIRING:
            return replace(record, state=to, retiring_from=at)
        case State.REMOVED:
            return replace(record, state=to, removed_at=at)
        case State.REVOKED:
            return replace(record, state=to, revoked_at=at)


def _emptied(record: KeyRecord) -> KeyRecord:
    """Without what is sealed; who sealed it stays known."""
    masters = dict.fromkeys((*record.earlier_masters, record.master_key))
    return replace(
        record,
        sealed_private=b"",
        master_key="",
        earlier_masters=tuple(each for each in masters if each),
    )


def signing_key(records: Iterable[KeyRecord], algorithm: Algorithm) -> KeyRecord:
    """The key that signs with this algorithm now, the newest if there are two; or NoSigningKey."""
    signing = [r for r in records if r.state is State.SIGNING and r.algorithm is algorithm]
    if not signing:
        raise NoSigningKey(algorithm)
    return max(signing, key=lambda record: (record.signing_from or record.created_at, record.kid))


def published(records: Iterable[KeyRecord]) -> tuple[KeyRecord, ...]:
    """The keys that the world sees, in the order in which they were announced."""
    seen = [record for record in records if record.state in PUBLISHED]
    return tuple(sorted(seen, key=lambda record: (record.announced_at, record.kid)))


def spares(records: Iterable[KeyRecord], algorithm: Algorithm) -> tuple[KeyRecord, ...]:
    """The announced keys of an algorithm, the one that signs next first."""
    return tuple(
        each
        for each in published(records)
        if each.state is State.ANNOUNCED and each.algorithm is algorithm
    )


def missing(records: Sequence[KeyRecord], algorithm: Algorithm) -> tuple[State, ...]:
    """In which states a new key of this algorithm is needed before we may serve.

    In a ring that has no key at all: one that signs at once, and a spare. Later at most a spare,
    which is never made to sign here: others may have fetched the ring without it.
    """
    if not records:
        return (State.SIGNING, State.ANNOUNCED)
    return () if spares(records, algorithm) else (State.ANNOUNCED,)
