"""A code that is typed outside any portal's login, by somebody who is signed in.

What an invoice proved is not enough for everything; a code makes the same link give more, or adds
another customer of a company where the person has one already.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from broker.flow.networks import Networks
from broker.flow.turns import Turns
from broker.storage.ports import Session
from linking import Attempt, IdentityKey, Linking, Outcome, PersonId, TypedCode, Whose
from linking.model import Proof


@dataclass(frozen=True, slots=True)
class Strengthen:
    """Finds where the person is a customer, and judges codes there."""

    linking: Linking
    networks: Networks
    turns: Turns
    clock: Callable[[], datetime]

    async def companies(self, session: Session) -> tuple[str, ...]:
        """The companies where the person of this session is, or stands for, a customer."""
        links = await self.linking.links.of_person(PersonId(session.person))
        return tuple(
            sorted({link.customer.company for link in links} & set(self.linking.companies))
        )

    async def is_done(self, session: Session, companies: Collection[str]) -> bool:
        """Whether a code has proved all that the person of this session is at these companies."""
        links = await self.linking.links.of_person(PersonId(session.person))
        proofs = [link.proof for link in links if link.customer.company in companies]
        return bool(proofs) and all(proof is Proof.CODE for proof in proofs)

    async def __call__(self, session: Session, typed: TypedCode, address: str) -> Outcome:
        """Judge a code. Raises RegisterUnavailable and TooManyAtOnce, with nothing counted."""
        identity = IdentityKey(session.issuer, session.subject)
        async with self.turns.of(identity):
            return await self._judged(identity, session, typed, address)

    async def _judged(
        self, identity: IdentityKey, session: Session, typed: TypedCode, address: str
    ) -> Outcome:
        known = await self.linking.identity(identity)
        now = self.clock()
        return await self.linking.verify(
            Attempt(
                identity=identity,
                provider=session.provider,
                label=known.label if known else "",
                companies=await self.companies(session),
                whose=Whose.MINE,
                typed=typed,
                shown_at=now,
                now=now,
                network=await self.networks.tag(address),
            )
        )
