"""Who is told of a new connection: the contact on file, and whoever is the customer already.

A contact that was changed not long ago may be the work of the one who comes in now: the contact
before it is told as well. Every verb belongs in the transaction of the connection.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from linking.codes.sending import is_old_enough
from linking.days import swedish_day
from linking.evidence import was_before_handover
from linking.handover import came_with_it, is_from_before
from linking.model import Contact, Customer, Delegation, Link, PersonId, Proof
from linking.newcomers.ports import ConnectionId, NewcomerStore, Objection, ObjectionStore
from linking.ports import LinkStore, Notices, PersonStore

BOTH_FOR: Final = timedelta(days=30)
"""For so long after a change, the contact before it is told too."""
OTHERS_AT_MOST: Final = 20
"""Of those who are the customer already: no household has more."""

A_DAY: Final = timedelta(hours=24)
TIMES_A_DAY: Final = 5
"""So many messages about invoices go to one customer's contacts within a day: the first ones."""


@dataclass(frozen=True, slots=True)
class OnFile:
    """What is known when a connection is made: whom to write to, and the paper that proved it.

    `evidence_from` is the day on which the number passed to this customer, if it did.
    """

    contact: Contact | None = None
    papers: tuple[bytes, ...] = ()
    evidence_from: date | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who is written to, and whether the message has a way to say no."""

    contact: Contact
    may_say_no: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """`new_secret` makes a token: 256 random bits, URL-safe.

    Every message says when the connection was made, and with an account at which provider: by that
    those who are told of two can tell them apart.
    """

    persons: PersonStore
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
        facts = await self._facts(link)
        await self._tell(kind, link.id, customer, link.proof, on_file, now=now, **facts)

    async def of_delegation(
        self, delegation: Delegation, on_file: OnFile, *, provider: str, now: datetime
    ) -> None:
        """Tell the contact of somebody who helps from now on, with an account at this provider."""
        await self._tell(
            f"delegation_by_{delegation.basis}",
            delegation.id,
            delegation.customer,
            delegation.basis,
            on_file,
            now=now,
            delegation=delegation.id,
            until=swedish_day(delegation.expires_at).isoformat(),
            connected=delegation.started_at.isoformat(),
            provider=provider,
        )

    async def of_link_again(self, link: Link, on_file: OnFile, *, now: datetime) -> bool:
        """Tell the contact once more, with a token of its own beside the first; whether they are.

        Once for a link, and within what a contact is told in a day: else a day later.
        """
        told = list(contacts_to_tell(on_file.contact, on_file.evidence_from, now=now))
        at = await self._free_at(link.customer, now=now)
        if not told or at is None:
            return False
        token = self._token(told)
        if not await self.objections.remind(
            link.id, token_hash=token_hash(token) if token else None, at=at
        ):
            return False
        facts = await self._facts(link) | {"again": "yes"}
        await self._send(f"linked_by_{link.proof}", link.customer, told, token, now=at, **facts)
        return True

    async def _facts(self, link: Link) -> dict[str, str]:
        """What tells this link from others; no provider where the identity was erased."""
        identity = await self.persons.find(link.proved_with)
        facts = {"link": str(link.id), "connected": link.linked_at.isoformat()}
        return facts | ({"provider": identity.provider} if identity else {})

    async def _free_at(self, customer: Customer, *, now: datetime) -> datetime | None:
        """When there is room for one more message: now, a day later, or neither."""
        if not await self._is_often(customer, now=now):
            return now
        later = now + A_DAY
        return None if await self._is_often(customer, now=later) else later

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
        told = list(contacts_to_tell(on_file.contact, on_file.evidence_from, now=now))
        token = ""
        if proof is Proof.INVOICE:
            if await self._is_often(customer, now=now):
                told = []
            token = self._token(told)
            told_at = now if told else None
            await self.objections.make(
                Objection(connection, customer, on_file.papers, now, told_at=told_at),
                token_hash=token_hash(token) if token else None,
            )
        await self._send(kind, customer, told, token, now=now, **facts)

    async def _is_often(self, customer: Customer, *, now: datetime) -> bool:
        """Whoever has one invoice and many accounts is no reason to send a hundred text messages.

        Who connects by a code is always told of: nobody can do that often.
        """
        return await self.objections.told(customer.id, since=now - A_DAY) >= TIMES_A_DAY

    def _token(self, told: Sequence[Told]) -> str:
        return self.new_secret() if any(each.may_say_no for each in told) else ""

    async def _send(
        self,
        kind: str,
        customer: Customer,
        told: Sequence[Told],
        token: str,
        *,
        now: datetime,
        **facts: str,
    ) -> None:
        for each in told:
            more = facts | {"not_me": token} if token and each.may_say_no else facts
            await self.notices.tell(kind, customer=customer, contact=each.contact, at=now, **more)


def contacts_to_tell(
    contact: Contact | None, evidence_from: date | None = None, *, now: datetime
) -> Iterator[Told]:
    """Yield the contact, and the one before it where the change is younger than 30 days.

    A contact that no code goes to yet cannot say no either: who has just turned the contact could
    keep the customer out with it. `evidence_from` is when the number passed to this customer, if
    it did: the contact from before that is somebody else's, who is neither told nor asked.
    """
    if contact is None:
        return
    today, changed_on = swedish_day(now), contact.changed_on
    if is_from_before(changed_on, evidence_from, today):
        return
    is_young = changed_on is not None and today - changed_on < BOTH_FOR
    is_own = not came_with_it(changed_on, evidence_from, today)
    before = contact.previous if is_young and is_own else None
    is_back = before is not None and _reach(before) == _reach(contact)
    if _can_be_reached(contact):
        yield Told(contact, is_back or is_old_enough(changed_on, today))
    if before is not None and _can_be_reached(before) and not is_back:
        yield Told(before, may_say_no=True)


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


def _reach(contact: Contact) -> tuple[str, str]:
    return contact.email.casefold(), "".join(filter(str.isdigit, contact.phone))
