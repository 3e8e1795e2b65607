"""What a register elsewhere said of a linked customer, kept sealed, and how it changes with time.

As an import does, it notes since when a status holds and a contact is what it is, and keeps the
contact before that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import msgspec

from broker.registers.carrying import is_young
from broker.registers.distant.source import FoundCustomer
from linking.handover import Move
from linking.model import Contact, CustomerId, CustomerStatus, Standing

Seal = Callable[[bytes, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Copy:
    """`standing` is None where the register does not know the customer.

    `contact.changed_on` is the day since which it is what it is; None is longer than we know.
    """

    standing: Standing | None
    contact: Contact = field(default_factory=Contact)
    previous_contact: Contact = field(default_factory=Contact)

    @property
    def is_restricted(self) -> bool:
        """Whether the register takes rights away from who is linked to this customer."""
        known = self.standing
        return known is not None and (known.protected or known.status is not CustomerStatus.ACTIVE)


class _CopyV1(msgspec.Struct, frozen=True, tag_field="v", tag=1):
    """The stored form. A field that is added gets a default; one that changes, a new version."""

    standing: Standing | None
    contact: Contact
    previous_contact: Contact


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_CopyV1)


@dataclass(frozen=True, slots=True)
class CopySeal:
    """Seals copies to the customer's opaque id: moved to another customer, none opens."""

    seal: Seal
    open: Seal

    def sealed(self, customer: CustomerId, copy: Copy) -> bytes:
        """Seal a copy."""
        record = _CopyV1(copy.standing, copy.contact, copy.previous_contact)
        return self.seal(_encoder.encode(record), owner(customer))

    def opened(self, customer: CustomerId, sealed: bytes) -> Copy:
        """Open what `sealed` made for the same customer; `broker.sealed.NotOurs` if it was not."""
        record = _decoder.decode(self.open(sealed, owner(customer)))
        return Copy(record.standing, record.contact, record.previous_contact)


def owner(customer: str) -> bytes:
    """What a customer's copy is sealed to."""
    return f"register copy\0{customer}".encode()


def standing_of(found: FoundCustomer, *, today: date, before: Standing | None = None) -> Standing:
    """What the register says now; since when, if it does not say, by what was known before."""
    row = found.row
    since = before.status_since if before and before.status is row.status else today
    return Standing(
        kind=row.kind,
        status=row.status,
        status_since=found.status_since or since,
        protected=row.protected,
        evidence_from=row.evidence_from,
    )


def contact_of(found: FoundCustomer) -> Contact:
    """The contact as the register has it, dated if it dates it."""
    row = found.row
    return Contact(row.name, row.email, row.phone, found.contact_since)


def next_copy(before: Copy | None, found: FoundCustomer, *, today: date) -> Copy:
    """What is kept from now on.

    A contact that is first seen here counts as old unless the register dates it: there is nothing
    to compare it with. One that changed since was changed no earlier than it was last read. Of
    changes in a row, the contact before them all is kept; when the number passed to somebody else,
    none is.
    """
    standing = standing_of(found, today=today, before=before.standing if before else None)
    contact = contact_of(found)
    if before is None or before.standing is None:
        return Copy(standing, contact)
    is_changed = not is_same_contact(before.contact, contact)
    since, was = before.contact.changed_on, before.standing.evidence_from
    move = Move(standing.evidence_from, today, is_news=was != standing.evidence_from)
    is_others = move.left_behind(since) if is_changed else move.brought(since)
    days = [day for day in (before.contact.changed_on, contact.changed_on) if day is not None]
    dated = replace(contact, changed_on=today if is_changed else max(days, default=None))
    if is_others:
        return Copy(standing, dated)
    return Copy(
        standing, dated, _replaced(before, today) if is_changed else before.previous_contact
    )


def with_previous(copy: Copy) -> Contact:
    """The contact as `linking` is told of it, with the one before it."""
    has_previous = copy.previous_contact != Contact()
    return replace(copy.contact, previous=copy.previous_contact if has_previous else None)


def _replaced(before: Copy, today: date) -> Contact:
    is_in_a_row = is_young(before.contact.changed_on, today)
    has_earlier = before.previous_contact != Contact()
    return before.previous_contact if is_in_a_row and has_earlier else before.contact


def is_same_contact(one: Contact, other: Contact) -> bool:
    """Whether both reach the same: by address and phone, however they are written."""
    return (one.email.casefold(), _digits(one.phone)) == (
        other.email.casefold(),
        _digits(other.phone),
    )


def _digits(phone: str) -> str:
    return "".join(filter(str.isdigit, phone))
