"""Who is told of a new connection: the contact on file, and whoever is the customer already.

A contact that was changed not long ago may be the work of the one who comes in now: the contact
before it is told as well. Every verb belongs in the transaction of the connection.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from linking.days import swedish_day
from linking.evidence import was_before_handover
from linking.model import Contact, Customer, Delegation, Link, PersonId, Proof
from linking.objection_ports import ConnectionId, NewcomerStore, Objection, ObjectionStore
from linking.ports import LinkStore, Notices

BOTH_FOR: Final = timedelta(days=30)
"""For so long after a change, the contact before it is told too."""
OTHERS_AT_MOST: Final = 20
"""Of those who are the customer already: no household has more."""


@dataclass(frozen=True, slots=True)
class OnFile:
    """What is known when a connection is made: whom to write to, and the paper that proved it.

    `evidence_from` is the day on which the number passed to this customer, if it did.
    """

    contact: Contact | None = None
    papers: tuple[bytes, ...] = ()
    evidence_from: date | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """`new_secret` makes a token: 256 random bits, URL-safe."""

    links: LinkStore
    notices: Notices
    objections: ObjectionStore
    newcomers: NewcomerStore
    new_secret: Callable[[], str]

    async def of_link(self, link: Link, on_file: OnFile, *, now: datetime) -> None:
        """Tell everybody of a new link."""
        customer = link.customer
        live = await self.links.of_customers(customer.company, [customer.number])
        others = _others(live, link, on_file.evidence_from, now=now)
        await self.newcomers.announce(link.id, others, at=now)
        kind = f"linked_by_{link.proof}"
        await self._tell(kind, link.id, customer, link.proof, on_file, now=now, link=link.id)

    async def of_delegation(
        self, delegation: Delegation, on_file: OnFile, *, now: datetime
    ) -> None:
        """Tell the contact of somebody who helps from now on."""
        await self._tell(
            f"delegation_by_{delegation.basis}",
            delegation.id,
            delegation.customer,
            delegation.basis,
            on_file,
            now=now,
            delegation=delegation.id,
            until=swedish_day(delegation.expires_at).isoformat(),
        )

    async def _tell(
        self,
        kind: str,
        connection: ConnectionId,
        customer: Customer,
        proof: Proof,
        on_file: OnFile,
        *,
        now: datetime,
        **facts: str,
    ) -> None:
        contacts = list(contacts_to_tell(on_file.contact, now=now))
        if proof is Proof.INVOICE:
            token = self.new_secret() if contacts else ""
            await self.objections.make(
                Objection(connection, customer, on_file.papers, now),
                token_hash=token_hash(token) if token else None,
            )
            facts |= {"not_me": token} if token else {}
        for contact in contacts:
            await self.notices.tell(kind, customer=customer, contact=contact, at=now, **facts)


def contacts_to_tell(contact: Contact | None, *, now: datetime) -> Iterator[Contact]:
    """Yield the contact, and the one before it where the change is younger than 30 days."""
    if contact is None:
        return
    if _can_be_reached(contact):
        yield contact
    is_young = contact.changed_on is not None and swedish_day(now) - contact.changed_on < BOTH_FOR
    if is_young and contact.previous is not None and _can_be_reached(contact.previous):
        yield contact.previous


def _others(
    live: Sequence[Link], newcomer: Link, evidence_from: date | None, *, now: datetime
) -> list[PersonId]:
    """Who else is the customer: those first whom a code showed, of whom nobody can make many."""
    others = (
        each
        for each in live
        if each.person != newcomer.person
        and not was_before_handover(each.linked_at, evidence_from, now=now)
    )
    by_code_first = sorted(others, key=lambda each: (each.proof is not Proof.CODE, each.linked_at))
    return list(dict.fromkeys(each.person for each in by_code_first))[:OTHERS_AT_MOST]


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def _can_be_reached(contact: Contact) -> bool:
    return bool(contact.email or contact.phone)
