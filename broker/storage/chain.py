"""The audit chain: how a record is hashed, and whether a trail is whole.

It shows that a record was changed, inserted, removed or cut off at the end. It does not withstand
somebody who may write the whole table and computes every hash anew: against that, export the head
to a place that they cannot write to, and verify against the export.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

import msgspec

from broker.storage.ports import AuditEvent, AuditHead, AuditLog

# Names the encoding, so that another one can follow without a record meaning two things.
_ENCODING = "farstu-audit-1"


@dataclass(frozen=True, slots=True)
class Intact:
    """Every record is in its place, up to this head."""

    head: AuditHead


@dataclass(frozen=True, slots=True)
class Broken:
    """The first record that is missing or is not what was appended."""

    number: int


def encode_facts(facts: Mapping[str, str]) -> str:
    """Canonical JSON: one text for one set of facts, whatever order they were said in."""
    return msgspec.json.encode(dict(facts), order="sorted").decode()


def hash_record(number: int, event: AuditEvent, previous: bytes) -> bytes:
    """SHA-256 over the previous hash and the record as one canonical JSON array.

    Instants are written in UTC, so that a record hashes the same in every time zone.
    """
    record = (
        _ENCODING,
        number,
        previous.hex(),
        event.kind,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor,
        event.subject,
        event.customer,
        encode_facts(event.facts),
    )
    return hashlib.sha256(msgspec.json.encode(record)).digest()


async def verify_chain(log: AuditLog, *, since: AuditHead | None = None) -> Intact | Broken:
    """Read the trail from the beginning, or from an exported head, and hash it again.

    Records that are appended meanwhile are not read: the head is asked for first.
    """
    expected = await log.head()
    reached = since or AuditHead(0, b"")
    async for record in log.read(after=reached.number):
        if reached.number >= expected.number:
            break
        number = reached.number + 1
        if (
            record.number != number
            or record.previous != reached.hash
            or record.hash != hash_record(number, record.event, reached.hash)
        ):
            return Broken(number)
        reached = AuditHead(record.number, record.hash)
    if reached.number != expected.number:
        return Broken(reached.number + 1)
    return Intact(reached) if reached == expected else Broken(reached.number)
