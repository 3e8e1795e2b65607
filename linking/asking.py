"""Asking for a code, and sending it: two steps, so that the first tells nothing.

Whoever asks writes down a wish, for any number and with the same work. A chore looks later who
that is and whether a code may go to them; nobody waits for it, and nobody learns what came of it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from linking.code_keys import CodeKeys
from linking.code_ports import CodeStore, IssuedCode, Wish
from linking.codes import in_groups, new_code
from linking.company import Company
from linking.days import swedish_day
from linking.errors import RegisterUnavailable
from linking.model import Customer, CustomerId
from linking.numbers import LONGEST_INPUT
from linking.ports import CustomerRegister, Journal, Notices, Transaction
from linking.sending import TERMS, Medium, Receiver, Withheld, is_fresh, receiver_of

BATCH = 100


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
        self, companies: Collection[str], typed: str, medium: Medium, *, now: datetime
    ) -> None:
        """Wish for a code of whoever has this number, at each of these companies."""
        for company in sorted(companies):
            number = self.companies[company].read_customer_number(typed[:LONGEST_INPUT])
            wish = Wish(self.new_id("w"), company, number, medium, now)
            tag = self.keys.of_customer(company, number)
            await self.store.wish(wish, customer_tag=tag)

    async def send_wished(self, now: datetime) -> tuple[Settled, ...]:
        """Look into the wishes that wait, and send what may be sent; what came of each."""
        wishes = await self.store.wishes(limit=BATCH)
        settled = [await self._grant(wish, now=now) for wish in wishes]
        return tuple(each for each in settled if each is not None)

    async def _grant(self, wish: Wish, *, now: datetime) -> Settled | None:
        try:
            receiver = await self._receiver(wish, now=now)
        except RegisterUnavailable:
            return None  # it waits, for a day at most
        async with self.transaction():
            if not await self.store.settle(wish.id):
                return None
            if isinstance(receiver, Withheld):
                return Settled(wish.medium, receiver)
            return Settled(wish.medium, await self._send(wish, receiver, now=now))

    async def _receiver(self, wish: Wish, *, now: datetime) -> Receiver | Withheld:
        """Asked before anything is locked: the register may be slow."""
        company = self.companies.get(wish.company)
        if company is None:
            return Withheld.NOBODY
        asker = self.keys.of_customer(wish.company, wish.number)  # somebody typed it, then
        standing = await self.register.standing(wish.company, wish.number, asker=asker)
        contact = await self.register.contact(wish.company, wish.number, asker=asker)
        return receiver_of(standing, contact, company.ladder, wish.medium, now=now)

    async def _send(self, wish: Wish, receiver: Receiver, *, now: datetime) -> Withheld | None:
        """Put the customer's code into the outbox, unless it has been sent often enough."""
        tag = self.keys.of_customer(wish.company, wish.number)
        terms = TERMS[wish.medium]
        since = now - terms.within
        if await self.store.times_sent(tag, wish.medium, since=since) >= terms.times:
            return Withheld.OFTEN
        code = await self._code(wish, tag, now=now)
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

    async def _code(self, wish: Wish, tag: bytes, *, now: datetime) -> IssuedCode:
        """The one that holds, or a new one beside it when little of its life is left."""
        for known in await self.store.live(tag, wish.medium, now=now):
            if is_fresh(known.expires_at, wish.medium, now=now):
                return known
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


def _told(until: datetime, medium: Medium) -> str:
    """A message says the time of day too; a letter takes days, and says a day."""
    if medium is Medium.LETTER:
        return swedish_day(until).isoformat()
    return until.isoformat(timespec="seconds")
