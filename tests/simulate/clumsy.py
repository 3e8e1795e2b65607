"""S6: people who mistype, before the whole rule of verification with a register behind it."""

import asyncio
import hashlib
import random
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta

from linking.company import Company
from linking.model import (
    Contact,
    Customer,
    CustomerId,
    CustomerKind,
    CustomerStatus,
    IdentityKey,
    Standing,
)
from linking.ports import RegisteredInvoice
from linking.tries.pressure import Thresholds, daily_for
from linking.tries.reserving import Early, MoreEvidence, Wait
from linking.tries.waiting import OwnWaits
from linking.typed.mistakes import TypedNumbers
from linking.typed.numbers import NumberFormat
from linking.typed.paper import TypedItem
from linking.verification import Claim, Mistyped, NoMatch, Verification, Verified
from tests.linking.fakes import GuardsInMemory, Store
from tests.linking.tries_in_memory import TriesInMemory
from tests.simulate.findings import Finding, Found
from tests.simulate.people import Customer as Person
from tests.simulate.people import typing_time

_BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_ITEM = TypedItem(amount="499,00", due_date="2026-03-31")
_NEVER = 1_000
COMPANY = Company(
    "elnat",
    customer_numbers=NumberFormat(shortest=6, longest=6),
    invoice_numbers=NumberFormat(shortest=7, longest=7),
)


class Register:
    """Fifty thousand customers with one recent invoice each; a second item always holds."""

    standing_of_all = Standing(
        CustomerKind.PRIVATE, CustomerStatus.ACTIVE, date(2020, 1, 1), protected=False
    )

    async def with_second(self, company: str) -> frozenset[CustomerKind]:
        return frozenset(CustomerKind)

    async def size(self) -> int:
        return 50_000

    async def find_invoice(
        self,
        company: str,
        customer_number: str,
        evidence: str,
        second: str | None = None,
        *,
        asker: bytes = b"",
    ) -> RegisteredInvoice | None:
        if not (customer_number.isdigit() and evidence.isdigit()):
            return None
        place = int(customer_number) - 100_000
        if not 0 <= place < 50_000 or int(evidence) != invoice_of(place):
            return None
        return RegisteredInvoice(date(2026, 2, 1), second_holds=None if second is None else True)

    async def standing(
        self, company: str, customer_number: str, *, asker: bytes = b""
    ) -> Standing | None:
        return self.standing_of_all

    async def standings(
        self, customers: Collection[Customer]
    ) -> Mapping[CustomerId, Standing | None]:
        return {each.id: self.standing_of_all for each in customers}

    async def contact(
        self, company: str, customer_number: str, *, asker: bytes = b""
    ) -> Contact | None:
        return None


def invoice_of(place: int) -> int:
    """Shuffled by a fixed stride, seven digits."""
    return 5_000_000 + place * 7919 % 50_000


def clumsy(name: str, people: int, seed: int) -> Found:
    """Each types until it is right: how many judged tries, and how long."""
    tries, seconds, after_last = asyncio.run(_all(f"{name} {seed}", people))
    tries, seconds = sorted(tries), sorted(seconds)
    few = sum(each <= 3 for each in tries) / people
    soon = sum(each <= 600 for each in seconds) / people
    return Found(
        [
            Finding(f"{name}: share with more than three tries", 1 - few, 0.01),
            Finding(f"{name}: share that takes over ten minutes", 1 - soon, 0.001),
            Finding(f"{name}: longest wait after a failure, s", after_last, 600),
        ],
        {
            name: [few, soon, max(tries), max(seconds), after_last],
        },
        sum(tries),
    )


def _hashed(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


async def _all(key: str, people: int) -> tuple[list[int], list[float], float]:
    chance, now = random.Random(key), _BEGIN
    counted = TriesInMemory()
    verification = Verification(
        Register(), counted, OwnWaits(), lambda size: Thresholds(daily_for(size)),
        _hashed, GuardsInMemory(Store(), []), _hashed,
    )  # fmt: skip
    tries, seconds, waited = [], [], 0.0
    for number in range(people):
        counted.purge(now)
        place = chance.randrange(50_000)
        person = Person(f"{100_000 + place}", f"{invoice_of(place)}", chance)
        count, ended, longest = await _one(verification, f"{number}", person, now)
        tries.append(count)
        seconds.append((ended - now).total_seconds())
        waited = max(waited, longest)
        now += timedelta(minutes=15)  # never a crowd: what others do is another experiment
    return tries, seconds, waited


async def _one(
    verification: Verification, who: str, person: Person, now: datetime
) -> tuple[int, datetime, float]:
    """Tries that were judged, when it was right, and the longest that an answer told to wait."""
    judged, longest, item = 0, 0.0, None
    identity = IdentityKey("https://login.example", who)
    while judged < _NEVER:
        shown_at, typed = now, person.types()
        now += typing_time(person.chance)
        while True:
            claim = Claim(identity, (COMPANY,), TypedNumbers(*typed, item), shown_at, now)
            match await verification.judge(claim):
                case Verified(_, reservation):
                    await verification.tries.give_back(reservation, explained=True)
                    return judged + 1, now, longest
                case Wait(until) | Early(until):
                    longest, now = max(longest, (until - now).total_seconds()), until
                case MoreEvidence():
                    item, shown_at = _ITEM, now
                    now += typing_time(person.chance)
                case NoMatch():
                    judged += 1
                    break
                case Mistyped():
                    break
    raise RuntimeError("somebody with a right pair is never let in")
