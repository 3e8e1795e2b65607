"""The audit chain of a backup, hashed again record by record as they come."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from broker.storage.chain import hash_record
from broker.storage.ports import AuditEvent
from broker.upkeep.finding import Finding, error, ok

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAME = "audit trail"


class TrailCheck:
    """Takes the rows of `audit` in order, and of `audit_head`."""

    def __init__(self) -> None:
        self._reached = (0, b"")
        self._head = (0, b"")
        self._broken_at = 0

    def take(self, row: Mapping[str, Any]) -> None:
        """The next record."""
        number, previous = self._reached
        is_next = row["number"] == number + 1 and row["previous"] == previous
        if is_next and row["hash"] == hash_record(number + 1, _event(row), previous):
            self._reached = (number + 1, row["hash"])
        elif not self._broken_at:
            self._broken_at = number + 1

    def take_head(self, row: Mapping[str, Any]) -> None:
        """What the newest record must be."""
        self._head = (row["number"], row["hash"])

    def finding(self) -> Finding:
        """Judge it, when all rows have been taken."""
        if not self._broken_at and self._reached == self._head:
            return ok(_NAME, f"whole to its head, {self._head[0]:,} records")
        at = self._broken_at or min(self._reached[0], self._head[0]) + 1
        return error(
            _NAME,
            f"broken at record {at:,}: changed, removed or inserted before the backup was taken",
            "Look for an earlier backup whose trail is whole, and find out what happened between.",
        )


def _event(row: Mapping[str, Any]) -> AuditEvent:
    return AuditEvent(
        kind=row["kind"],
        at=_EPOCH + timedelta(microseconds=row["at"]),
        actor=row["actor"],
        subject=row["subject"],
        customer=row["customer"],
        facts=msgspec.json.decode(row["facts"], type=dict[str, str]),
    )
