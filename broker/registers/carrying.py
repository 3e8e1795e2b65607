"""What an import carries over from the generation before: since when, and the previous contact."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol

from broker.storage.register_ports import IndexedCustomer
from linking.handover import Move
from linking.model import CustomerStatus

ONE_ROW: Final = timedelta(days=30)
"""Changes with less than this between them are one: the contact before them all is kept."""


@dataclass(frozen=True, slots=True)
class ContactHistory:
    """Since when the contact is what it is (None: longer than we know), and the one before it."""

    since: date | None
    sealed_previous: bytes = b""


def contact_history(
    before: IndexedCustomer | None,
    *,
    evidence_from: date | None,
    is_unchanged: bool,
    is_first_import: bool,
    today: date,
) -> ContactHistory:
    """Work out a contact's history. A customer new to a register that we know is dated today.

    Whoever changes a contact twice must not hide the one that was there before them; and when a
    number passes to somebody else, the contact before theirs is none of theirs. Once the change is
    old nobody is told at the contact before it, and it goes: it is sealed with the master key of
    its day, which could not be given up for as long as it stays.
    """
    if before is None:
        return ContactHistory(None if is_first_import else today)
    since = before.contact_since
    move = Move(evidence_from, today, is_news=before.evidence_from != evidence_from)
    if is_unchanged:
        is_wanted = is_young(since, today) and not move.brought(since)
        return ContactHistory(since, before.sealed_previous_contact if is_wanted else b"")
    if move.left_behind(since):
        return ContactHistory(today)
    is_in_a_row = is_young(since, today)
    earlier = before.sealed_previous_contact if is_in_a_row else b""
    return ContactHistory(today, earlier or before.sealed_contact)


def is_young(changed_on: date | None, today: date) -> bool:
    """Whether a contact is so new that one that replaces it does so in the same row of changes."""
    return changed_on is not None and today - changed_on < ONE_ROW


def status_since(before: IndexedCustomer | None, status: str, today: date) -> date:
    """Since when we have known a customer to be in this status."""
    if before is not None and before.status == status:
        return before.status_since
    return today


class Standing(Protocol):
    """What decides about access, of a customer as read or as kept."""

    @property
    def kind(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def protected(self) -> bool: ...


def is_same_standing(one: Standing, other: Standing) -> bool:
    """Whether two entries of a customer agree on kind, status and protection."""
    return (one.kind, one.status, one.protected) == (other.kind, other.status, other.protected)


def is_linkable(one: Standing) -> bool:
    """Whether a customer can be linked, whatever their class has to show."""
    return one.status == CustomerStatus.ACTIVE and not one.protected


def newly_suspended(before: Standing | None, now: Standing) -> str:
    """Why a customer's links are suspended from now on: deceased, protected, or "" (they are not).

    Who was not known before counts as not suspended before.
    """
    if now.protected and not (before and before.protected):
        return "protected"
    deceased = CustomerStatus.DECEASED
    if now.status == deceased and not (before and before.status == deceased):
        return "deceased"
    return ""
