"""`linking.CustomerRegister` over a billing system that is asked each time somebody types a number.

About customers who are linked it answers from the sealed copy, so that they sign in while the
billing system is down. A number that was typed is only ever looked up there: the copy would tell
who is linked.
"""

import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import compress
from typing import Final

from broker.registers.customers_file import CustomerRow
from broker.registers.distant.copies import (
    Copy,
    CopySeal,
    contact_of,
    next_copy,
    standing_of,
    with_previous,
)
from broker.registers.distant.gate import Gate
from broker.registers.distant.source import FoundCustomer, Source
from broker.registers.invoices_file import InvoiceRow
from broker.registers.second_items import reading
from broker.sealed import NotOurs
from broker.storage.register_ports import RegisterCopies
from linking.company import Company
from linking.days import swedish_day
from linking.errors import RegisterUnavailable
from linking.model import (
    Contact,
    Customer,
    CustomerId,
    CustomerKind,
    CustomerStatus,
    Standing,
)
from linking.ports import CustomerRegister, RegisteredInvoice

_AT_ONCE: Final = 1_000
_NOBODY: Final = FoundCustomer(
    CustomerRow(
        "", "", CustomerKind.PRIVATE, CustomerStatus.CLOSED, protected=True, name="", email="",
        phone="", evidence_from=None,
    ),
    None,
    None,
)  # fmt: skip
_NOBODYS: Final = InvoiceRow(
    "", "", "", "0", date(2000, 1, 1), proves=False, due_on="2000-01-01", amount="100.00", code="0"
)


@dataclass(frozen=True, slots=True)
class DistantRegister:
    """One billing system, for some companies.

    `earlier` is the register that these companies may have had before: who is restricted in it and
    unknown here stays so. Raises StorageUnavailable besides, where our own storage fails.
    """

    source: Source
    gate: Gate
    companies: Mapping[str, Company]
    copies: RegisterCopies
    seal: CopySeal
    earlier: CustomerRegister
    clock: Callable[[], datetime]

    async def find_invoice(
        self,
        company: str,
        customer_number: str,
        evidence: str,
        second: str | None = None,
        *,
        asker: bytes = b"",
    ) -> RegisteredInvoice | None:
        """Ask once, for the number as an invoice number and, where that counts, as an OCR."""
        found = await self.gate.ask(
            asker, lambda: self.source.invoices(company, customer_number, evidence)
        )
        rows = [found.by_number or _NOBODYS, found.by_ocr or _NOBODYS]
        # Compared whether there is such an invoice or not: it takes as long.
        holds = [second is not None and self._holds(each, company, second) for each in rows]
        is_known = [each.proves and each is not _NOBODYS for each in rows]
        if not any(is_known):
            return None
        dated = max(each.issued_on for each in compress(rows, is_known))
        if second is None:
            return RegisteredInvoice(dated)
        return RegisteredInvoice(dated, any(compress(holds, is_known)))

    async def standing(
        self, company: str, customer_number: str, *, asker: bytes = b""
    ) -> Standing | None:
        """What the register says now. With nobody asking, the copy where there is no answer."""
        try:
            found = await self._found(company, customer_number, asker)
        except RegisterUnavailable:
            copy = None if asker else await self._copy(company, customer_number)
            if copy is None or copy.standing is None:
                raise
            return copy.standing
        standing = standing_of(found or _NOBODY, today=self._today())  # as much work for nobody
        if found is not None:
            return standing
        copy = None if asker else await self._copy(company, customer_number)
        return copy.standing if copy else None

    async def standings(
        self, customers: Collection[Customer]
    ) -> Mapping[CustomerId, Standing | None]:
        """From the copies; of whom there is none yet, one is made.

        Raises RegisterUnavailable for these alone: nobody may get back by an outage what an earlier
        register took away.
        """
        asked, standings = list(customers), dict[CustomerId, Standing | None]()
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            kept = await self.copies.of([each.id for each in some])
            standings |= {
                each: self._opened(each, sealed).standing for each, sealed in kept.items()
            }
            standings |= await self._first_copies([each for each in some if each.id not in kept])
        return standings

    async def contact(
        self, company: str, customer_number: str, *, asker: bytes = b""
    ) -> Contact | None:
        """The contact on file, dated by the register or by the copy of a linked customer.

        Of those who are linked, with the contact before it.
        """
        try:
            found = await self._found(company, customer_number, asker)
        except RegisterUnavailable:
            copy = None if asker else await self._copy(company, customer_number)
            if copy is None or copy.standing is None:
                raise
            return with_previous(copy)
        copy = await self._copy(company, customer_number)  # as much work for nobody
        if found is None:
            return None
        if copy is None:
            return contact_of(found)
        return with_previous(next_copy(copy, found, today=self._today()))

    async def size(self) -> int:
        """As of the daily reading; 0, which asks for the strictest thresholds, before the first."""
        readings = await self.copies.readings()
        return sum(readings[each].customers for each in self.companies if each in readings)

    async def with_second(self, company: str) -> frozenset[CustomerKind]:
        """As of the daily reading, if that was made for the item that is asked for now."""
        reading = (await self.copies.readings()).get(company)
        said = reading.second_items if reading else None
        item = self.companies[company].ladder.second_item
        return said.everywhere(item.value) if said else frozenset()

    def _holds(self, invoice: InvoiceRow, company: str, second: str) -> bool:
        its = self.companies[company]
        said = reading(its.ladder.second_item)(invoice) or ""
        return bool(said) and hmac.compare_digest(said.encode(), second.encode())

    async def _found(self, company: str, number: str, asker: bytes) -> FoundCustomer | None:
        found = await self.gate.ask(asker, lambda: self.source.customers(company, [number]))
        return found.get(number)

    async def _first_copies(
        self, customers: Sequence[Customer]
    ) -> dict[CustomerId, Standing | None]:
        """Ask about customers who were linked since the daily reading, and keep what is said."""
        made: dict[CustomerId, Copy] = {}
        for company in {each.company for each in customers}:
            theirs = [each for each in customers if each.company == company]
            for start in range(0, len(theirs), self.source.at_once):
                made |= await self._made(company, theirs[start : start + self.source.at_once])
        await self.copies.add({each: self.seal.sealed(each, copy) for each, copy in made.items()})
        return {each: copy.standing for each, copy in made.items()}

    async def _made(self, company: str, customers: Sequence[Customer]) -> dict[CustomerId, Copy]:
        numbers = [each.number for each in customers]
        found = await self.gate.ask(b"", lambda: self.source.customers(company, numbers))
        today = self._today()
        made = {
            each.id: next_copy(None, found[each.number], today=today)
            for each in customers
            if each.number in found
        }
        unknown = [each for each in customers if each.id not in made]
        before = await self.earlier.standings(unknown) if unknown else {}
        return made | {each.id: Copy(before.get(each.id)) for each in unknown}

    async def _copy(self, company: str, number: str) -> Copy | None:
        kept = await self.copies.by_number(company, number)
        return None if kept is None else self._opened(*kept)

    def _opened(self, customer: CustomerId, sealed: bytes) -> Copy:
        try:
            return self.seal.opened(customer, sealed)
        except NotOurs:
            detail = f"register {self.gate.name}: a copy does not open: master key gone?"
            raise RegisterUnavailable(detail=detail) from None

    def _today(self) -> date:
        return swedish_day(self.clock())
