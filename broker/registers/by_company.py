"""One register of all companies: each question goes to the register of its company."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from linking.model import Contact, Customer, CustomerId, CustomerKind, Standing
from linking.ports import CustomerRegister, RegisteredInvoice


@dataclass(frozen=True, slots=True)
class RegisterByCompany:
    """`elsewhere` holds the registers of some companies; `imported` is that of all others."""

    elsewhere: Mapping[str, CustomerRegister]
    imported: CustomerRegister

    async def find_invoice(
        self,
        company: str,
        customer_number: str,
        evidence: str,
        second: str | None = None,
        *,
        asker: bytes = b"",
    ) -> RegisteredInvoice | None:
        """Ask the company's own."""
        register = self._of(company)
        return await register.find_invoice(company, customer_number, evidence, second, asker=asker)

    async def standing(
        self, company: str, customer_number: str, *, asker: bytes = b""
    ) -> Standing | None:
        """Ask the company's own."""
        return await self._of(company).standing(company, customer_number, asker=asker)

    async def standings(
        self, customers: Collection[Customer]
    ) -> Mapping[CustomerId, Standing | None]:
        """Ask each register about its own customers."""
        theirs: defaultdict[int, list[Customer]] = defaultdict(list)
        for each in customers:
            theirs[id(self._of(each.company))].append(each)
        standings: dict[CustomerId, Standing | None] = {}
        for some in theirs.values():
            standings |= await self._of(some[0].company).standings(some)
        return standings

    async def contact(
        self, company: str, customer_number: str, *, asker: bytes = b""
    ) -> Contact | None:
        """Ask the company's own."""
        return await self._of(company).contact(company, customer_number, asker=asker)

    async def size(self) -> int:
        """Return how many customers all registers have together, each asked once."""
        registers = {id(each): each for each in (self.imported, *self.elsewhere.values())}
        return sum([await each.size() for each in registers.values()])

    async def with_second(self, company: str) -> frozenset[CustomerKind]:
        """Ask the company's own."""
        return await self._of(company).with_second(company)

    def _of(self, company: str) -> CustomerRegister:
        return self.elsewhere.get(company, self.imported)
