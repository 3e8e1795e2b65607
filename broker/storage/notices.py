"""Linking's notices (`linking.ports.Notices`), sealed into the outbox and read from it again.

Recipient and content are one record, sealed by a function that the composition root gives us
with the message's id as associated data: a sealed text moved to another message does not open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from broker.storage.errors import UnreadableRecord
from broker.storage.ports import OutboxMessage, OutboxStore
from linking.model import Contact, Customer, CustomerId

# (plain text, associated data) → sealed text, and back; `open` raises when either was changed.
Seal = Callable[[bytes, bytes], bytes]
Open = Callable[[bytes, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be said to whom about which customer."""

    customer: Customer
    contact: Contact
    facts: dict[str, str]


class _NoticeV1(msgspec.Struct, frozen=True, tag_field="v", tag=1):
    """The stored form. A field that is added gets a default; one that changes, a new version."""

    customer: str
    company: str
    number: str
    name: str = ""
    email: str = ""
    phone: str = ""
    changed_on: date | None = None
    facts: dict[str, str] = {}


class SealedNotices:
    """`Notices` on an `OutboxStore`."""

    def __init__(
        self, outbox: OutboxStore, *, seal: Seal, open_sealed: Open, new_id: Callable[[str], str]
    ) -> None:
        self._outbox = outbox
        self._seal = seal
        self._open = open_sealed
        self._new_id = new_id

    async def tell(
        self, kind: str, *, customer: Customer, contact: Contact, at: datetime, **facts: str
    ) -> None:
        message_id = self._new_id("n")
        plain = msgspec.json.encode(
            _NoticeV1(
                customer=customer.id,
                company=customer.company,
                number=customer.number,
                name=contact.name,
                email=contact.email,
                phone=contact.phone,
                changed_on=contact.changed_on,
                facts=facts,
            )
        )
        await self._outbox.put(
            OutboxMessage(
                id=message_id,
                kind=kind,
                company=customer.company,
                sealed=self._seal(plain, message_id.encode()),
                created_at=at,
                not_before=at,
            )
        )

    def read(self, message: OutboxMessage) -> Notice:
        """Open a message that is due. Raises `UnreadableRecord` for an unknown version."""
        plain = self._open(message.sealed, message.id.encode())
        try:
            stored = msgspec.json.decode(plain, type=_NoticeV1)
        except msgspec.DecodeError:
            # Without the decoder's own message, which may quote the content.
            raise UnreadableRecord(detail=f"outbox message {message.id}") from None
        return Notice(
            customer=Customer(CustomerId(stored.customer), stored.company, stored.number),
            contact=Contact(stored.name, stored.email, stored.phone, stored.changed_on),
            facts=stored.facts,
        )
