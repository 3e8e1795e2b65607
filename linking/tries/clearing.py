"""Forgetting somebody's own failures, so that they need not wait: they are on the telephone.

What their failures have counted for everybody (`linking.tries.pressure`) stays: a cleared wait must
not buy guesses. Whoever is connected is known by the person's id. Whoever is not has a reference,
which stands on the page that tells them to wait: made from the account, stored nowhere, and leading
back only for who has the database and the key.
"""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from linking.codes.code import ALPHABET, read_code
from linking.model import Identity, IdentityKey, PersonId
from linking.ports import Journal, PersonStore, Transaction
from linking.tries.reserving import SoFar
from linking.tries.waiting import OwnWaits

_MARK: Final = "V"
_CHARACTERS: Final = 8
_REFERENCE: Final = re.compile(rf"{_MARK}?([{ALPHABET}]{{{_CHARACTERS}}})")


@dataclass(frozen=True, slots=True)
class WaitReferences:
    """`tags` gives keyed hashes of a text, the newest key's first."""

    tags: Callable[[str], Sequence[bytes]]

    def of(self, identity: IdentityKey) -> str:
        """As it stands on the page: `V-7KQ2-M9XR`."""
        text = self._all(identity)[0]
        return f"{_MARK}-{text[:4]}-{text[4:]}"

    def is_of(self, identity: IdentityKey, read: str) -> bool:
        """Whether this reference, as `read_reference` gives it, leads to this identity."""
        return read in self._all(identity)

    def _all(self, identity: IdentityKey) -> Sequence[str]:
        who = f"waits {len(identity.issuer)} {identity.issuer} {identity.subject}"
        return [_spelled(tag) for tag in self.tags(who)]


def read_reference(raw: str) -> str | None:
    """What was read aloud, without what says nothing; None for what is no reference."""
    found = _REFERENCE.fullmatch(read_code(raw))
    return found[1] if found else None


def _spelled(tag: bytes) -> str:
    """Forty bits, five a character."""
    number = int.from_bytes(tag[:5])
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(_CHARACTERS)))


class Waits(Protocol):
    """The part of `TryStore`'s engines that looks at own failures and forgets them."""

    async def own(self, identity: IdentityKey, *, now: datetime) -> SoFar:
        """Own failures that still count; the pressure is not looked at."""
        ...

    async def forget(self, identity: IdentityKey) -> int:
        """Own failures count no longer, those of everybody still do; how many there were."""
        ...

    def remembered(self, *, now: datetime) -> AsyncIterator[IdentityKey]:
        """Every identity whose failures are remembered."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody's own failures, all accounts together; `until` is None where nothing waits."""

    identities: tuple[IdentityKey, ...]
    person: PersonId | None
    failures: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Clearing:
    """The use case. `journal` must write down who really acts: it is not the person."""

    persons: PersonStore
    waits: Waits
    schedule: OwnWaits
    references: WaitReferences
    journal: Journal
    transaction: Transaction

    async def of_person(self, person: PersonId, *, now: datetime) -> Waiting | None:
        """What this person has failed; None if there is no such person."""
        known = await self.persons.identities_of(person)
        return await self._waiting([each.key for each in known], person, now=now) if known else None

    async def of_reference(self, reference: str, *, now: datetime) -> Waiting | None:
        """What the account with this reference has failed; None if no account, or two, has it."""
        read = read_reference(reference)
        found = [
            each
            async for each in self.waits.remembered(now=now)
            if read is not None and self.references.is_of(each, read)
        ]
        if len(found) != 1:
            return None
        identity: Identity | None = await self.persons.find(found[0])
        return await self._waiting(found, identity.person if identity else None, now=now)

    async def clear(self, waiting: Waiting, *, now: datetime, reason: str) -> int:
        """Forget these failures; how many there were.

        `reason` is kept for ever, and must not say who anybody is.
        """
        async with self.transaction():
            failures = sum([await self.waits.forget(each) for each in waiting.identities])
            await self.journal.note(
                "wait_cleared",
                at=now,
                person=waiting.person,
                customer=None,
                accounts=" ".join(self.references.of(each) for each in waiting.identities),
                failures=str(failures),
                reason=reason,
            )
        return failures

    async def _waiting(
        self, identities: Sequence[IdentityKey], person: PersonId | None, *, now: datetime
    ) -> Waiting:
        own = [await self.waits.own(each, now=now) for each in identities]
        ends = [
            each.latest + self.schedule.after(each.failures)
            for each in own
            if each.latest is not None
        ]
        until = max(ends, default=now)
        failures = sum(each.failures for each in own)
        return Waiting(tuple(identities), person, failures, until if until > now else None)
