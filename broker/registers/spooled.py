"""What waits in a spool while a file is read: rows, as far as their file alone tells."""

from typing import Final, NamedTuple

from linking.model import CustomerKind


class SpooledCustomer(NamedTuple):
    """A customer of the export, as far as the file alone tells; nothing of it in clear.

    `before_key` and `before_tag` are hashes under the earlier pepper where it is another.
    """

    key: bytes
    line: int
    kind: str
    status: str
    protected: bool
    evidence_from: int | None
    sealed_contact: bytes
    contact_tag: bytes
    before_key: bytes
    before_tag: bytes


class SpooledEvidence(NamedTuple):
    """A hash and the day of its invoice, as a number; of one hash the earliest day comes first.

    `second` is the hash of what else stands on that paper; empty where nothing does. `lacks` says
    who misses it then, as a place in `CLASSES`; 0 where nobody does, which comes first.
    """

    key: bytes
    day: int
    lacks: int
    second: bytes


CLASSES: Final = (None, *CustomerKind)
"""Whose paper it is: of nobody who could be linked by it, or of a customer of a class."""
