"""First-time verification within a login: what was typed goes to linking, what came of it is kept.

The identity is the one that the provider proved, from the server-side progress; no form field says
who anybody is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from broker.alarms.guessing import Neighbours
from broker.flow.auth_request import Connected, Progress
from broker.flow.networks import Networks
from broker.flow.turns import Turns
from broker.oauth.client import Client
from linking import (
    Attempt,
    IdentityKey,
    Linked,
    Linking,
    NoMatch,
    Outcome,
    TypedCode,
    TypedNumbers,
    Whose,
)
from linking.tries.neighbours import numbers_in


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that came back: what was typed, when it had been shown, and from which address."""

    typed: TypedNumbers | TypedCode
    shown_at: datetime
    address: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What linking said, and the progress that follows from it."""

    outcome: Outcome
    progress: Progress


@dataclass(frozen=True, slots=True)
class Verify:
    """One try."""

    linking: Linking
    networks: Networks
    neighbours: Neighbours
    turns: Turns
    clock: Callable[[], datetime]

    async def __call__(self, progress: Progress, client: Client, sent: Sent) -> Tried:
        """Raises RegisterUnavailable and TooManyAtOnce, nothing counted."""
        who = progress.who
        identity = IdentityKey(who.issuer, who.subject)
        async with self.turns.of(identity):
            outcome = await self._judged(identity, progress, client, sent)
        if isinstance(outcome, Linked | NoMatch):
            await self._watch(progress, client, sent)
        if not isinstance(outcome, Linked):
            return Tried(outcome, progress)
        return Tried(outcome, msgspec.structs.replace(progress, connected=_connected(outcome)))

    async def _judged(
        self, identity: IdentityKey, progress: Progress, client: Client, sent: Sent
    ) -> Outcome:
        who = progress.who
        return await self.linking.verify(
            Attempt(
                identity=identity,
                provider=who.provider,
                label=who.label,
                companies=client.companies,
                whose=Whose(progress.whose),
                typed=sent.typed,
                shown_at=sent.shown_at,
                now=self.clock(),
                network=await self.networks.tag(sent.address),
            )
        )

    async def _watch(self, progress: Progress, client: Client, sent: Sent) -> None:
        """The same for what was true and what was not."""
        if isinstance(sent.typed, TypedCode):
            return
        who = IdentityKey(progress.who.issuer, progress.who.subject)
        companies = [self.linking.companies[company] for company in client.companies]
        numbers = numbers_in(sent.typed, companies)
        await self.neighbours.tried(who, numbers, login_id=progress.request.login_id)


def _connected(linked: Linked) -> tuple[Connected, ...]:
    """What to tell the person, who need not see a customer number again to know it."""
    return tuple(
        Connected(customer.company, linked.relation.value, customer.id)
        for customer in linked.customers
    )
