"""What was counted: verdicts by service and by kind of token, and when each key signed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from keys import KeyRecord

GOOD: Final = ""
"""The kind of a token that must be taken."""
OK: Final = "ok"


@dataclass(slots=True)
class Verdicts:
    """Of one verifier. Wrong ones by what was wrong."""

    good: int = 0
    bad: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)

    def note(self, kind: str, word: str) -> None:
        """One token of this kind, and what the verifier said."""
        if kind == GOOD:
            self.good += 1
            if word != OK:
                self.rejected[word] += 1
        else:
            self.bad += 1
            if word == OK:
                self.accepted[kind] += 1

    @property
    def total(self) -> int:
        """All of them."""
        return self.good + self.bad

    @property
    def wrong(self) -> int:
        """Those that should have been others."""
        return self.rejected.total() + self.accepted.total()


@dataclass(slots=True)
class Signed:
    """What is known of a key's signatures, in seconds since 1970."""

    count: int = 0
    first: float = float("inf")
    last: float = 0.0


@dataclass(slots=True)
class Ledger:
    """Of the whole drill. `by_broker` counts what workers said at `/userinfo`.

    `ended`: when a key was first seen not to sign any more, which is soon after that was stored.
    """

    services: dict[str, Verdicts] = field(default_factory=dict)
    by_broker: Verdicts = field(default_factory=Verdicts)
    signed: dict[str, Signed] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    mischief: Counter[str] = field(default_factory=Counter)
    unready_missed: int = 0
    signed_when_off: int = 0

    def minted(self, kids: Iterable[str], *, asked: float, seen: float) -> None:
        """Tokens that were asked for at one time and had at another: signed between the two."""
        for kid in kids:
            found = self.signed.setdefault(kid, Signed())
            found.count += 1
            found.first = min(found.first, seen)
            found.last = max(found.last, asked)

    def saw(self, records: Iterable[KeyRecord], *, at: float) -> None:
        """The ring as it is stored: since when at the latest keys sign no more."""
        for each in records:
            if each.retiring_from is not None or each.revoked_at is not None:
                self.ended.setdefault(each.kid, at)

    def of(self, service: str) -> Verdicts:
        """The verdicts of this service."""
        return self.services.setdefault(service, Verdicts())

    @property
    def tokens(self) -> int:
        """How many were minted."""
        return sum(each.count for each in self.signed.values())

    @property
    def verified(self) -> int:
        """How many were judged by services."""
        return sum(each.total for each in self.services.values())

    @property
    def wrong(self) -> int:
        """Whatever should not have been."""
        judged = sum(each.wrong for each in (*self.services.values(), self.by_broker))
        return judged + self.unready_missed + self.signed_when_off


def untimely(ledger: Ledger, records: Sequence[KeyRecord], *, lease: timedelta) -> Counter[str]:
    """Keys that signed before they do by the ring, or after everybody must know that they do not.

    A worker may use a ring for as long as its lease after it was changed, and no longer.
    """
    by_kid, found = {each.kid: each for each in records}, Counter[str]()
    for kid, each in ledger.signed.items():
        record = by_kid[kid]
        ended = ledger.ended.get(kid)
        if record.signing_from is None or each.first < record.signing_from.timestamp():
            found["before it signs"] += 1
        if ended is not None and each.last > ended + lease.total_seconds():
            found["after it signed"] += 1
    return found
