"""Whoever is the customer already does not know somebody who was connected since.

Who came in with an invoice is no more to be trusted than whoever comes with one later: their word
ends nothing, it has the contact on file told once more. Whom a code has shown was reached at that
contact: they end the other's link, and nothing else. Only the message itself guards the customer.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from linking.evidence import was_before_handover
from linking.model import Link, LinkId, PersonId, Proof
from linking.newcomers.ports import NewcomerStore
from linking.newcomers.telling import OnFile, Telling
from linking.ports import CustomerRegister, Journal, LinkStore, SignedIn, Transaction

_ENDED_BECAUSE: Final = "stranger"


class Heard(StrEnum):
    """What came of it. `PASSED_ON` is the same whether or not anybody could be written to."""

    ENDED = "ended"
    PASSED_ON = "passed_on"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Strangers:
    """The use case. `journal` notes it without anything that was typed."""

    links: LinkStore
    newcomers: NewcomerStore
    register: CustomerRegister
    telling: Telling
    signed_in: SignedIn
    journal: Journal
    transaction: Transaction

    async def unknown(self, newcomer: LinkId, *, to: PersonId, now: datetime) -> Heard:
        """This person, who is still to be told of this link, does not know whose it is.

        NOTHING if they are not, or if no invoice proved it. Raises RegisterUnavailable, with
        nothing changed.
        """
        link = await self._link_of(newcomer, to=to)
        if link is None:
            return Heard.NOTHING
        on_file = await self._on_file(link)
        async with self.transaction():
            link = await self._link_of(newcomer, to=to)
            if link is None:
                return Heard.NOTHING
            await self.newcomers.seen(to, [newcomer])
            if await self._is_shown_by_code(to, link, on_file.evidence_from, now=now):
                await self._end(link, by=to, now=now)
                return Heard.ENDED
            is_told = await self.telling.of_link_again(link, on_file, now=now)
            await self.journal.note(
                "newcomer_unknown",
                at=now,
                person=to,
                customer=link.customer.id,
                connection=link.id,
                told="yes" if is_told else "no",
            )
        return Heard.PASSED_ON

    async def _on_file(self, link: Link) -> OnFile:
        company, number = link.customer.company, link.customer.number
        standing = await self.register.standing(company, number)
        handed_over = standing.evidence_from if standing else None
        return OnFile(await self.register.contact(company, number), evidence_from=handed_over)

    async def _link_of(self, newcomer: LinkId, *, to: PersonId) -> Link | None:
        unseen = {each.link for each in await self.newcomers.unseen(to)}
        link = await self.links.find(newcomer)
        is_it = link is not None and link.id in unseen and link.proof is Proof.INVOICE
        return link if is_it else None

    async def _is_shown_by_code(
        self, person: PersonId, newcomer: Link, evidence_from: date | None, *, now: datetime
    ) -> bool:
        """Whoever had the number before it passed on was shown to be somebody else."""
        return any(
            own.customer.id == newcomer.customer.id
            and own.proof is Proof.CODE
            and not was_before_handover(own.linked_at, evidence_from, now=now)
            for own in await self.links.of_person(person)
        )

    async def _end(self, link: Link, *, by: PersonId, now: datetime) -> None:
        await self.links.end(link.id, at=now, reason=_ENDED_BECAUSE)
        await self.signed_in.end_of_persons([link.person], at=now, reason=_ENDED_BECAUSE)
        await self.journal.note(
            "link_ended",
            at=now,
            person=by,
            customer=link.customer.id,
            connection=link.id,
            reason=_ENDED_BECAUSE,
        )
