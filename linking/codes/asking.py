"""Asking for a code, and sending it: two steps, so that the first tells nothing.

Whoever asks writes down a wish, for any number and with the same work. A chore looks later who
that is and whether a code may go to them; nobody waits for it, and nobody learns what came of it.
No wish waits long for others: not for many of one asker, nor for a register that is down.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from linking.codes.code import in_groups, new_code
from linking.codes.keys import CodeKeys
from linking.codes.ports import WISHED, CodeStore, IssuedCode, Waiting, Wish
from linking.codes.sending import (
    TERMS,
    Medium,
    Receiver,
    Withheld,
    is_fresh,
    is_still_theirs,
    receiver_of,
)
from linking.company import NOBODYS, Company
from linking.days import swedish_day
from linking.errors import RegisterUnavailable
from linking.model import Contact, Customer, CustomerId, IdentityKey, Standing
from linking.ports import CustomerRegister, Journal, Notices, Transaction
from linking.typed.numbers import LONGEST_INPUT

BATCH = 100
AGAIN_AFTER = timedelta(minutes=1)
"""When a wish that could not be looked into is looked into again."""
DOWN = 3
"""Wishes in a row without an answer: the register is taken to be down for the rest of a turn."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a wish: sent, or why not. For operators: it does not say whose it was."""

    medium: Medium
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True)
class Codes:
    """`choose` takes one of a sequence at random; `new_id` makes an id with a prefix."""

    companies: Mapping[str, Company]
    register: CustomerRegister
    store: CodeStore
    keys: CodeKeys
    notices: Notices
    journal: Journal
    transaction: Transaction
    choose: Callable[[Sequence[str]], str]
    new_id: Callable[[str], str]

    async def ask(
        self,
        companies: Collection[str],
        typed: str,
        medium: Medium,
        *,
        now: datetime,
        asker: IdentityKey | None = None,
    ) -> None:
        """Wish for a code of whoever has this number, at each of these companies.

        `asker` None is customer service.
        """
        asker_tag = self.keys.of_asker(f"{asker.issuer} {asker.subject}" if asker else "")
        for company in sorted(companies):
            its = self.companies[company]
            number = its.asked_customer(its.read_customer_number(typed[:LONGEST_INPUT]))
            wish = Wish(self.new_id("w"), company, number, medium, now)
            tag = self.keys.of_customer(company, number)
            await self.store.wish(wish, customer_tag=tag, asker_tag=asker_tag)

    async def send_wished(
        self, now: datetime, *, is_over: Callable[[], bool] = lambda: False
    ) -> tuple[Settled, ...]:
        """Look into the wishes that wait, and send what may be sent; what came of each.

        Until nothing is left, or `is_over` says so. A company whose register answers none of
        several wishes is passed over from then on: it is not one number that stops the others. What
        could not be looked into waits, for a day at most.
        """
        settled: list[Settled] = []
        failed, down = Counter[str](), set[str]()
        while waiting := await self._waiting(down, now=now):
            for wish in waiting.wishes:
                if is_over():
                    return tuple(settled)
                if wish.company in down:
                    continue
                try:
                    settled += await self._grant(wish, now=now)
                    failed[wish.company] = 0
                except RegisterUnavailable:
                    failed[wish.company] += 1
                    if failed[wish.company] >= DOWN:
                        down.add(wish.company)
                    await self.store.put_off([wish.id], until=now + AGAIN_AFTER)
        return tuple(settled)

    async def _waiting(self, down: Collection[str], *, now: datetime) -> Waiting | None:
        """The next of them; None at the end. Those that do not open must not stand before others.

        Each time from the beginning, so that who has asked meanwhile takes part.
        """
        waiting = await self.store.wishes(now=now, limit=BATCH, passing_over=down)
        if waiting.unopened:
            await self.store.put_off(waiting.unopened, until=now + AGAIN_AFTER)
        return waiting if waiting.wishes or waiting.unopened else None

    async def _grant(self, wish: Wish, *, now: datetime) -> list[Settled]:
        """Settle a wish; none where somebody else has."""
        known = await self._known(wish)
        async with self.transaction():
            if not await self.store.settle(wish.id):
                return []
            return [Settled(wish.medium, await self._send(wish, known, now=now))]

    async def _known(self, wish: Wish) -> "_Known":
        """Asked before anything is locked: the register may be slow."""
        if wish.company not in self.companies:
            return _Known(None, None)
        # Somebody typed it, and may have typed many: each rests alone, and none tells of an outage.
        asker = WISHED + self.keys.of_customer(wish.company, wish.number)
        standing = await self.register.standing(wish.company, wish.number, asker=asker)
        contact = await self.register.contact(wish.company, wish.number, asker=asker)
        return _Known(standing, contact)

    def _receiver(self, wish: Wish, known: "_Known", *, now: datetime) -> Receiver | Withheld:
        company = self.companies.get(wish.company)
        if company is None or wish.number == NOBODYS:
            return Withheld.NOBODY
        return receiver_of(known.standing, known.contact, company.ladder, wish.medium, now=now)

    async def _send(self, wish: Wish, known: "_Known", *, now: datetime) -> Withheld | None:
        """Put the customer's code into the outbox, if they may have one; why not, if not."""
        receiver = self._receiver(wish, known, now=now)
        if isinstance(receiver, Withheld):
            return receiver
        tag = self.keys.of_customer(wish.company, wish.number)
        terms = TERMS[wish.medium]
        since = now - terms.within
        if await self.store.times_sent(tag, wish.medium, since=since) >= terms.times:
            return Withheld.OFTEN
        code = await self._code(wish, tag, known, now=now)
        await self.store.sent(tag, wish.medium, at=now)
        await self.notices.tell(
            "code",
            customer=Customer(CustomerId(""), wish.company, wish.number),
            contact=receiver.contact,
            at=now,
            code=in_groups(code.code),
            medium=wish.medium.value,
            until=_told(code.expires_at, wish.medium),
        )
        await self.journal.note(
            "code_sent",
            at=now,
            person=None,
            customer=None,
            company=wish.company,
            medium=wish.medium.value,
            code=code.id,
        )
        return None

    async def _code(self, wish: Wish, tag: bytes, known: "_Known", *, now: datetime) -> IssuedCode:
        """The one that counts, or a new one beside it when little of its life is left."""
        for held in await self.store.live(tag, wish.medium, now=now):
            is_theirs = is_still_theirs(held.issued_at, held.medium, known.standing, known.contact)
            if is_theirs and is_fresh(held.expires_at, wish.medium, now=now):
                return held
        code = new_code(self.choose)
        issued = IssuedCode(
            id=self.new_id("k"),
            company=wish.company,
            customer_tag=tag,
            hashed=self.keys.of_code(wish.company, wish.number, code)[0],
            code=code,
            medium=wish.medium,
            issued_at=now,
            expires_at=now + TERMS[wish.medium].life,
        )
        await self.store.issue(issued)
        return issued


@dataclass(frozen=True, slots=True)
class _Known:
    """What the register says of who has a number."""

    standing: Standing | None
    contact: Contact | None


def _told(until: datetime, medium: Medium) -> str:
    """A message says the time of day too; a letter takes days, and says a day."""
    if medium is Medium.LETTER:
        return swedish_day(until).isoformat()
    return until.isoformat(timespec="seconds")
