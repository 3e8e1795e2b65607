"""Verification by a code that was sent to the customer: customer number and code.

The same rules as for invoices: judged together at every company of the form, counted before it is
judged, one and the same no. A code has too many values to be guessed, so nothing that others do
matters to who has one, and nobody can use up another's by guessing. It counts only for whom it was
sent to: not once the number has changed hands, or the contact that a message went to.
"""

from dataclasses import dataclass, field
from datetime import datetime

from linking.codes.code import is_code, read_code
from linking.codes.keys import CodeKeys
from linking.codes.ports import CodeStore
from linking.codes.sending import is_still_theirs
from linking.company import NOBODYS, Company
from linking.errors import RegisterUnavailable
from linking.evidence import is_linkable
from linking.ladder import Level
from linking.model import IdentityKey
from linking.ports import Reservation
from linking.twice import JUST
from linking.typed.mistakes import Field, Hint, Mistake, TypedNumbers, unreadable_number
from linking.verification import (
    Claim,
    Judgement,
    Mistyped,
    NoMatch,
    Proven,
    Verification,
    Verified,
)


@dataclass(frozen=True, slots=True)
class TypedCode:
    """The fields exactly as they were sent; not for any log."""

    customer: str = field(repr=False)
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeClaim:
    """This identity says that this code was sent to whoever has this customer number."""

    identity: IdentityKey
    companies: tuple[Company, ...]
    typed: TypedCode
    now: datetime
    network: bytes = b""


@dataclass(frozen=True, slots=True)
class UsedUp:
    """A true code that was used just now: by whom, their connections tell."""

    customers: tuple[Proven, ...]
    reservation: Reservation


@dataclass(frozen=True, slots=True)
class ByCode:
    """The rule. Tries are reserved as `Verification` reserves them."""

    verification: Verification
    codes: CodeStore
    keys: CodeKeys

    async def judge(self, claim: CodeClaim) -> Judgement | UsedUp:
        """Judge one try. Raises RegisterUnavailable, with the try forgotten.

        Not within a transaction: the count must stand even if everything after it fails.
        """
        if hints := _unreadable(claim):
            return Mistyped(hints)
        reserved = await self.verification.reserve(_as_counted(claim), Level.CODE)
        if not isinstance(reserved, Reservation):
            return reserved
        try:
            return await self._look_up(claim, reserved)
        except RegisterUnavailable:
            await self.verification.tries.cancel(reserved)
            raise

    async def _look_up(
        self, claim: CodeClaim, reserved: Reservation
    ) -> Verified | UsedUp | NoMatch:
        """Ask all questions at every company, never stopping early."""
        code = read_code(claim.typed.code)
        asker = self.verification.asker(claim.identity)
        proven: list[Proven] = []
        used: list[str] = []
        spent: list[Proven] = []
        for company in claim.companies:
            number = company.asked_customer(company.read_customer_number(claim.typed.customer))
            hashes = self.keys.of_code(company.id, number, code)
            found = await self.codes.matching(hashes, now=claim.now)
            is_spent = await self.codes.spent(hashes, since=claim.now - JUST)
            register = self.verification.register
            standing = await register.standing(company.id, number, asker=asker)
            contact = await register.contact(company.id, number, asker=asker)
            counting = [
                each.id
                for each in found
                if is_still_theirs(each.issued_at, each.medium, standing, contact)
            ]
            if number == NOBODYS or not standing or not is_linkable(standing, company, Level.CODE):
                continue
            its = Proven(company.id, number, standing.kind, evidence_from=standing.evidence_from)
            if counting:
                proven.append(its)
                used.extend(counting)
            elif is_spent:
                spent.append(its)
        if proven:
            return Verified(tuple(proven), reserved, tuple(used))
        return UsedUp(tuple(spent), reserved) if spent else NoMatch((), reserved.wait_until)


def _as_counted(claim: CodeClaim) -> Claim:
    """As a try of two numbers without the second."""
    numbers = TypedNumbers(claim.typed.customer, "")
    return Claim(claim.identity, claim.companies, numbers, claim.now, claim.now, claim.network)


def _unreadable(claim: CodeClaim) -> tuple[Hint, ...]:
    """What cannot be looked up. A code has a check character: a slip is told, and costs no try."""
    hints = list(unreadable_number(claim.typed.customer, claim.companies))
    if not claim.typed.code.strip():
        hints.append(Hint(Field.CODE, Mistake.EMPTY))
    elif not is_code(read_code(claim.typed.code)):
        hints.append(Hint(Field.CODE, Mistake.NOT_A_CODE))
    return tuple(hints)
