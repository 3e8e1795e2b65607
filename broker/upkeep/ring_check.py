"""The signing keys of a backup: do those that are published open, and are they what they say."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from broker.storage.key_ports import StrangeKey
from broker.upkeep.ages import judge_strange
from broker.upkeep.finding import Finding, error, ok
from keys import (
    Algorithm,
    KeyRecord,
    MasterKey,
    RingNotOpened,
    Seal,
    State,
    by_reason,
    load_ring,
)
from keys.ring import PUBLISHED

_NAME = "signing keys"
_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)


class RingCheck:
    """Takes the rows of `signing_keys`. `masters` seal those that can sign."""

    def __init__(self, masters: Sequence[MasterKey]) -> None:
        self._seal = Seal(masters)
        self._records: list[KeyRecord] = []
        self.masters: set[str] = set()
        self._closed: list[tuple[str, str]] = []
        self._strange: list[StrangeKey] = []

    def take(self, row: Mapping[str, Any]) -> None:
        """The next key. When its moves were made does not matter here.

        What a newer release made for an algorithm of its own cannot be tried; the master key that
        sealed it is needed all the same. Raises ValueError for a state that there is not.
        """
        state = State(row["state"])
        if state in PUBLISHED:
            self.masters.add(row["master_key"])
        if row["algorithm"] not in tuple(Algorithm):
            if state in PUBLISHED:
                self._strange.append(StrangeKey(row["kid"], row["algorithm"]))
            return
        record = KeyRecord(
            kid=row["kid"],
            algorithm=Algorithm(row["algorithm"]),
            state=state,
            public_jwk=row["public_jwk"],
            sealed_private=row["sealed_private"],
            master_key=row["master_key"],
            created_at=_SOME_DAY,
            announced_at=_SOME_DAY,
        )
        self._records.append(record)

    async def lost(self) -> list[str]:
        """The `kid` of each key that should open and does not; `finding` says why."""
        lost = []
        for record in self._records:
            try:
                await load_ring(_One(record), (), self._seal)
            except RingNotOpened as unopened:
                lost.append(record.kid)
                self._closed += unopened.closed
        return lost

    def strange(self) -> Iterator[Finding]:
        """What could not be tried."""
        return judge_strange(self._strange)

    def finding(self, lost: Sequence[str]) -> Finding:
        """Judge them."""
        used = sum(record.state in PUBLISHED for record in self._records)
        if not lost:
            return ok(_NAME, f"all {used} that are published open, and are what they say")
        return error(
            _NAME,
            f"{len(lost)} of {used} do not open:\n" + "\n".join(by_reason(self._closed)),
            "Configure the master keys that they were sealed with: no broker starts without. If "
            "these are lost for good, `farstu db restore --despite-losses` revokes what does not "
            "open, which ends its tokens, and the broker makes new keys when it starts.",
        )


class _One:
    """A store with one key, to be looked at alone."""

    def __init__(self, record: KeyRecord) -> None:
        self._record = record

    async def all(self) -> Sequence[KeyRecord]:
        return [self._record]

    async def add(self, record: KeyRecord) -> bool:  # noqa: ARG002 - nothing is added to a backup
        return False

    async def change(self, record: KeyRecord, *, was: State) -> bool:  # noqa: ARG002 - nor changed
        return False
