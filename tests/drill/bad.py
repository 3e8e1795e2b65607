"""The bad tokens of the moment: forged after every published key, or signed with stolen ones."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from keys import KeyRecord, Seal, State
from keys.ring import PUBLISHED
from tests.drill.forging import LONG, Forger, Thief
from tests.drill.pace import HURRIED

REMOVED: Final = "stolen key, removed"
REVOKED: Final = "stolen key, revoked"
_MARGIN: Final = HURRIED.knows_for + 1.0
"""Since a key was taken out: a worker may show it for its lease, and an answer takes its time."""


@dataclass(frozen=True, slots=True)
class Stolen:
    """A token of a key that is not published any more, since a time in seconds."""

    kind: str
    token: str
    since: float


@dataclass(slots=True)
class BadOnes:
    """Kept up to date by `look`."""

    seal: Seal
    forger: Forger = field(default_factory=Forger)
    _forged: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _stolen: dict[str, Stolen] = field(default_factory=dict)
    _thief: Thief = field(init=False)

    def __post_init__(self) -> None:
        """The thief is at work from the beginning."""
        self._thief = Thief(self.seal)

    def look(self, records: Sequence[KeyRecord], good: Mapping[str, str]) -> None:
        """`good`: a token of each key that has signed, by `kid`."""
        for record in records:
            self._thief.steal(record)
            token = good.get(record.kid)
            if token is None:
                continue
            if record.state in PUBLISHED:
                if record.kid not in self._forged:
                    self._forged[record.kid] = self.forger.forged(token, record)
            elif record.kid not in self._stolen:
                self._forged.pop(record.kid, None)
                self._take(record, token)

    def _take(self, record: KeyRecord, good: str) -> None:
        since = record.removed_at or record.revoked_at
        assert isinstance(since, datetime)
        kind = REMOVED if record.state is State.REMOVED else REVOKED
        if (token := self._thief.token(record, good)) is not None:
            self._stolen[record.kid] = Stolen(kind, token, since.timestamp())

    def some(self, count: int, *, cache: float, chance: random.Random) -> list[tuple[str, str]]:
        """Kind and token, of those that who keeps keys for `cache` seconds must refuse by now."""
        now = time.time()
        forged = [pair for each in self._forged.values() for pair in each.items()]
        stolen = [
            (each.kind, each.token)
            for each in self._stolen.values()
            if each.since + cache + _MARGIN < now < each.since + LONG
        ]
        # As many of the one as of the other, as far as there are.
        kinds = [each for each in (forged, stolen) if each]
        return [chance.choice(chance.choice(kinds)) for _ in range(count)] if kinds else []
