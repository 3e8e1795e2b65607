"""`customers.csv` into the index: normalised, hashed, sealed, with history carried over.

Rows wait in a spool until all are read. Then they meet the generation before, and are written, in
the order of their keys (`broker.registers.spool` says why).
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from broker.registers.batches import Reading
from broker.registers.contacts import ContactSeal
from broker.registers.customers_file import LAYOUT, CustomerRow, read_customer
from broker.registers.drafts import Draft, Drafts
from broker.registers.fields import is_address
from broker.registers.findings import Finding, Reason
from broker.registers.lines import Source
from broker.registers.numbers import customer_numbers_of
from broker.registers.spool import Drawers, Spool
from broker.registers.spooled import SpooledCustomer
from broker.registers.writing_customers import CustomerWriting
from broker.storage.ports import CustomerIndex
from linking.company import Company
from linking.model import Contact, CustomerStatus

HELD = 40_000
"""Customers in memory: some 20 MB."""


@dataclass(frozen=True, slots=True)
class CustomerImport:
    """Writes the customers of one file into drafts. The earlier of two rows of a customer counts.

    `today` is the date in Europe/Stockholm that changes are dated with.
    """

    companies: Mapping[str, Company]
    index: CustomerIndex
    contacts: ContactSeal
    reading: Reading
    drafts: Drafts
    today: date

    async def run(self, source: Source) -> None:
        """Read the file to its end.

        Raises:
            FileRefused: the file cannot be read at all.
        """
        with Spool(SpooledCustomer, room=HELD) as spool:
            spooled: dict[str, Drawers[SpooledCustomer]] = {}
            for batch in self.reading.batches(source, LAYOUT, read_customer):
                for company, rows in _by_company(batch).items():
                    draft = await self.drafts.of(company)
                    drawers = spooled.get(company) or spooled.setdefault(company, spool.drawers())
                    drawers.put(self._spooled(source.name, draft, rows))
                await asyncio.sleep(0)  # where an operator's Ctrl-C gets in
            for company in self.reading.named:
                await self.drafts.of(company)
            writing = CustomerWriting(self.index, self.reading, self.today)
            for company, drawers in spooled.items():
                await writing.run(source.name, await self.drafts.of(company), drawers)

    def _spooled(
        self, file: str, draft: Draft, rows: Sequence[tuple[int, CustomerRow]]
    ) -> list[SpooledCustomer]:
        """These rows as they will be written, but for what depends on the generation before."""
        company = draft.company
        read = customer_numbers_of(self.companies[company])
        place, tag = draft.keys.customers_of(company), draft.keys.contacts_of(company)
        seal = self.contacts.sealing(company)
        numbers: list[str] = []
        spooled: list[SpooledCustomer] = []
        for line, row in rows:
            number = read(row.number)
            if number is None:
                self._tell(file, line, Reason.NOT_A_NUMBER, "customer_number")
                continue
            contact = self._contact(file, line, row)
            key = place(number)
            numbers.append(number)
            if row.protected or row.status is CustomerStatus.DECEASED:
                draft.to_suspend.setdefault(key, number)
            before_key, before_tag = _before(draft, number, contact)
            spooled.append(
                SpooledCustomer(
                    key, line, row.kind, row.status, row.protected, row.evidence_from and
                    row.evidence_from.toordinal(), seal(number, contact), tag(number, contact),
                    before_key, before_tag,
                )
            )
        draft.known.add(numbers)
        return spooled

    def _contact(self, file: str, line: int, row: CustomerRow) -> Contact:
        """The contact; billing systems hold notes where an address should be: never send to one."""
        email = row.email
        if email and not is_address(email):
            self._tell(file, line, Reason.NOT_AN_ADDRESS, "email")
            email = ""
        return Contact(name=row.name, email=email, phone=row.phone)

    def _tell(self, file: str, line: int, reason: Reason, column: str) -> None:
        self.reading.findings.add(Finding(file, line, reason, column))


def _by_company(
    batch: Sequence[tuple[int, CustomerRow]],
) -> Mapping[str, list[tuple[int, CustomerRow]]]:
    rows: defaultdict[str, list[tuple[int, CustomerRow]]] = defaultdict(list)
    for each in batch:
        rows[each[1].company].append(each)
    return rows


def _before(draft: Draft, number: str, contact: Contact) -> tuple[bytes, bytes]:
    """Key and tag under the earlier pepper; empty where there is none, or it is the same."""
    if draft.keys_before is None or draft.keeps_pepper:
        return b"", b""
    keys, company = draft.keys_before, draft.company
    return keys.customer(company, number), keys.contact(company, number, contact)
