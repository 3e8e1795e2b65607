"""`customers.csv` into the index: normalised, hashed, sealed, with history carried over.

Rows wait in a spool until all are read. Then they meet the generation before, and are written, in
the order of their keys (`broker.registers.spool` says why).
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from broker.registers.batches import Reading
from broker.registers.carrying import is_linkable
from broker.registers.contacts import ContactSeal
from broker.registers.customers_file import LAYOUT, CustomerRow, read_customer
from broker.registers.drafts import Draft, Drafts
from broker.registers.fields import is_address
from broker.registers.findings import Finding, Reason
from broker.registers.lines import Source
from broker.registers.numbers import customer_numbers_of
from broker.registers.probing import SealProbe
from broker.registers.spool import Drawers, Spool
from broker.registers.spooled import SpooledCustomer
from broker.registers.writing_customers import CustomerWriting
from broker.storage.register_ports import CustomerIndex
from linking.company import Company
from linking.model import CustomerKind, CustomerStatus

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
    folder: Path | None = None

    async def run(self, source: Source) -> None:
        """Read the file to its end.

        Raises:
            FileRefused: the file cannot be read at all.
            OtherMasterKey: what would be sealed now is sealed with another key than the register.
        """
        probe = SealProbe(self.index, self.contacts)
        with Spool(SpooledCustomer, room=HELD, folder=self.folder) as spool:
            spooled: dict[str, Drawers[SpooledCustomer]] = {}
            for batch in self.reading.batches(source, LAYOUT, read_customer):
                for company, rows in _by_company(batch).items():
                    draft = await self.drafts.of(company)
                    await probe.run(draft, self._numbers(company, rows))
                    drawers = spooled.get(company) or spooled.setdefault(company, spool.drawers())
                    drawers.put(self._spooled(source.name, draft, rows))
                await asyncio.sleep(0)  # where an operator's Ctrl-C gets in
            for company in self.reading.named:
                await self.drafts.of(company)
            writing = CustomerWriting(self.index, self.reading, self.today)
            for company, drawers in spooled.items():
                await writing.run(source.name, await self.drafts.of(company), drawers)

    def _numbers(self, company: str, rows: Sequence[tuple[int, CustomerRow]]) -> Iterator[str]:
        read = customer_numbers_of(self.companies[company])
        return filter(None, (read(row.number) for _, row in rows))

    def _spooled(
        self, file: str, draft: Draft, rows: Sequence[tuple[int, CustomerRow]]
    ) -> list[SpooledCustomer]:
        """These rows as they will be written, but for what depends on the generation before."""
        company = draft.company
        read = customer_numbers_of(self.companies[company])
        place, tag = draft.keys.customers_of(company), draft.keys.contacts_of(company)
        seal = self.contacts.sealing(company)
        before = _hashes_before(draft)
        numbers: list[str] = []
        linkable: dict[str, list[str]] = {kind: [] for kind in CustomerKind}
        spooled: list[SpooledCustomer] = []
        for line, row in rows:
            number = read(row.number)
            if number is None:
                self._tell(file, line, Reason.NOT_A_NUMBER, "customer_number")
                continue
            key, day, phone = place(number), row.evidence_from, row.phone
            email = self._email(file, line, row.email)
            numbers.append(number)
            if is_linkable(row):
                linkable[row.kind].append(number)
            if row.protected or row.status is CustomerStatus.DECEASED:
                draft.to_suspend.setdefault(key, number)
            spooled.append(
                SpooledCustomer(
                    key,
                    line,
                    row.kind,
                    row.status,
                    row.protected,
                    None if day is None else day.toordinal(),
                    seal(number, row.name, email, phone),
                    tag(number, email, phone),
                    *(before(number, email, phone) if before else (b"", b"")),
                )
            )
        draft.known.add(numbers)
        for kind, known in draft.linkable.items():
            known.add(linkable[kind])
        return spooled

    def _email(self, file: str, line: int, email: str) -> str:
        """The address; billing systems hold notes where one should be: never send to one."""
        if email and not is_address(email):
            self._tell(file, line, Reason.NOT_AN_ADDRESS, "email")
            return ""
        return email

    def _tell(self, file: str, line: int, reason: Reason, column: str) -> None:
        self.reading.findings.add(Finding(file, line, reason, column))


def _by_company(
    batch: Sequence[tuple[int, CustomerRow]],
) -> Mapping[str, list[tuple[int, CustomerRow]]]:
    rows: defaultdict[str, list[tuple[int, CustomerRow]]] = defaultdict(list)
    for each in batch:
        rows[each[1].company].append(each)
    return rows


def _hashes_before(draft: Draft) -> Callable[[str, str, str], tuple[bytes, bytes]] | None:
    """Key and tag under the pepper of the generation before, if there is one and it is another."""
    if draft.keys_before is None or draft.keeps_pepper:
        return None
    place = draft.keys_before.customers_of(draft.company)
    tag = draft.keys_before.contacts_of(draft.company)
    return lambda number, email, phone: (place(number), tag(number, email, phone))
