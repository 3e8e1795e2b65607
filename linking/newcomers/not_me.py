"""Saying "this was not me": a connection ends, its paper is burned, and the customer is guarded.

From then on an invoice connects nobody to this customer, until customer service lifts that; a code
sent to the contact on file does. It is the one exception to "a true pair always links", and the
choice of whoever is reached at the contact on file alone. What a code proved cannot be said no to.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from linking.model import DelegationId, LinkId, PersonId, Proof
from linking.newcomers.ports import Guards, Objection, ObjectionStore
from linking.newcomers.telling import token_hash
from linking.ports import (
    DelegationStore,
    Journal,
    LinkStore,
    PersonStore,
    SignedIn,
    Transaction,
)

TOKEN_LIFE: Final = timedelta(days=30)
_ENDED_BECAUSE: Final = "not_me"


@dataclass(frozen=True, slots=True)
class Asking:
    """It can be said: of somebody who was connected to a customer of this company then.

    `provider` is where their account is; empty where that is not known any more.
    """

    company: str
    since: datetime
    helps: bool
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """It was said, then; the same whether just now or before."""

    company: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TooLate:
    """The token is too old, or a code has proved the connection since."""

    company: str


@dataclass(frozen=True, slots=True)
class NeverMade:
    """No such token: mistyped, cut off, forged, or forgotten long ago."""


Answer = Asking | Said | TooLate | NeverMade


@dataclass(frozen=True, slots=True)
class NotMe:
    """The use case. `journal` notes it without anything that was typed."""

    objections: ObjectionStore
    persons: PersonStore
    links: LinkStore
    delegations: DelegationStore
    guards: Guards
    signed_in: SignedIn
    journal: Journal
    transaction: Transaction

    async def look(self, token: str, *, now: datetime) -> Answer:
        """What this token is for; changes nothing."""
        objection = await self.objections.of_token(token_hash(token))
        if objection is None:
            return NeverMade()
        company = objection.customer.company
        if objection.said_at is not None:
            return Said(company, objection.said_at)
        if now - (
            objection.told_at or objection.made_at
        ) >= TOKEN_LIFE or await self._is_proved_otherwise(objection):
            return TooLate(company)
        link = await self.links.find(LinkId(objection.connection))
        if link is not None:
            identity = await self.persons.find(link.proved_with)
            provider = identity.provider if identity else ""
            return Asking(company, objection.made_at, helps=False, provider=provider)
        delegate = await self._delegate(objection, now=now)
        provider = await self._provider_then(delegate, objection.made_at) if delegate else ""
        return Asking(company, objection.made_at, delegate is not None, provider)

    async def _provider_then(self, person: PersonId, at: datetime) -> str:
        """Where the only account was that this person had then; empty if there were several."""
        known = await self.persons.identities_of(person)
        providers = {each.provider for each in known if each.admitted_at <= at}
        return providers.pop() if len(providers) == 1 else ""

    async def say(self, token: str, *, now: datetime) -> Answer:
        """Say it, once. Everything changes at once or nothing."""
        async with self.transaction():
            answer = await self.look(token, now=now)
            objection = await self.objections.of_token(token_hash(token))
            if not isinstance(answer, Asking) or objection is None:
                return answer
            if not await self._act(objection, now=now):
                return await self.look(token, now=now)
        return Said(objection.customer.company, now)

    async def _act(self, objection: Objection, *, now: datetime) -> bool:
        """Also where the connection has ended by itself: the paper is in wrong hands.

        With it end those that an invoice made after it and that nobody was told of, or only later:
        the contact could not say no to them, and who has one paper may have another. The guard
        counts from when the connection was made: the number may have passed on since, and whoever
        had it then must not bar who has it now. False if it was said just before.
        """
        if not await self.objections.say(objection.connection, at=now):
            return False
        await self.guards.guard(objection.customer.id, objection.papers, at=objection.made_at)
        await self._end_and_note(objection, now=now)
        for untold in await self.objections.untold(
            objection.customer.id, since=objection.made_at, now=now
        ):
            if not await self._is_proved_otherwise(untold):
                await self.objections.say(untold.connection, at=now)
                await self._end_and_note(untold, now=now)
        return True

    async def _end_and_note(self, objection: Objection, *, now: datetime) -> None:
        person = await self._end(objection, now=now)
        if person is not None:
            await self.signed_in.end_of_persons([person], at=now, reason=_ENDED_BECAUSE)
        await self.journal.note(
            "not_me",
            at=now,
            person=None,
            customer=objection.customer.id,
            connection=objection.connection,
            said="by_message",
            ended="no" if person is None else "yes",
        )

    async def _end(self, objection: Objection, *, now: datetime) -> PersonId | None:
        """End the connection, and return whose it was; None if it was not live any more."""
        link = await self.links.find(LinkId(objection.connection))
        if link is not None:
            await self.links.end(link.id, at=now, reason=_ENDED_BECAUSE)
            return link.person
        person = await self._delegate(objection, now=now)
        if person is not None:
            await self.delegations.end(
                DelegationId(objection.connection), at=now, reason=_ENDED_BECAUSE
            )
        return person

    async def _delegate(self, objection: Objection, *, now: datetime) -> PersonId | None:
        found = await self.delegations.find(DelegationId(objection.connection), now=now)
        return None if found is None else found.delegate

    async def _is_proved_otherwise(self, objection: Objection) -> bool:
        link = await self.links.find(LinkId(objection.connection))
        return link is not None and link.proof is not Proof.INVOICE
