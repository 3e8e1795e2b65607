"""`facilities.csv` into the index: what places a customer has, sealed to the customer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from broker.registers.batches import Reading
from broker.registers.contacts import Seal
from broker.registers.drafts import Drafts
from broker.registers.facilities_file import LAYOUT, FacilityRow, read_facility
from broker.registers.findings import Finding, Reason
from broker.registers.lines import Source
from broker.registers.numbers import customer_number
from broker.storage.register_ports import CustomerIndex
from linking.company import Company

_Numbered = tuple[int, str, FacilityRow]
"""(line, customer number normalised, row)."""


def facility_owner(company: str, number: str) -> bytes:
    """What a facility is sealed to: moved to another customer, none opens."""
    return f"customer facility\0{company}\0{number}".encode()


@dataclass(frozen=True, slots=True)
class FacilityImport:
    """Writes the facilities of one file into drafts. A repeated row is kept once more: harmless."""

    companies: Mapping[str, Company]
    index: CustomerIndex
    seal: Seal
    reading: Reading
    drafts: Drafts

    async def run(self, source: Source) -> None:
        """Read the file to its end; the customers must have been imported into the same drafts.

        Raises:
            FileRefused: the file cannot be read at all.
        """
        for batch in self.reading.batches(source, LAYOUT, read_facility):
            for company, rows in self._by_company(source.name, batch).items():
                await self._add(source.name, company, rows)

    def _by_company(
        self, file: str, batch: Sequence[tuple[int, FacilityRow]]
    ) -> Mapping[str, list[_Numbered]]:
        rows: defaultdict[str, list[_Numbered]] = defaultdict(list)
        for line, row in batch:
            number = customer_number(self.companies[row.company], row.customer_number)
            if number is None:
                self._tell(file, line, Reason.NOT_A_NUMBER)
            else:
                rows[row.company].append((line, number, row))
        return rows

    async def _add(self, file: str, company: str, rows: Sequence[_Numbered]) -> None:
        draft = self.drafts.find(company)
        known = await self.drafts.known(draft, (number for _, number, _ in rows)) if draft else ()
        for line, number, _ in rows:
            if number not in known:
                self._tell(file, line, Reason.UNKNOWN_CUSTOMER)
        if draft is None:
            return
        hashed = draft.keys.customers_of(company)
        sealed = [
            (hashed(number), self._sealed(company, number, row))
            for _, number, row in rows
            if number in known
        ]
        draft.facilities += len(sealed)
        await self.index.add_facilities(draft.generation, sealed)

    def _sealed(self, company: str, number: str, row: FacilityRow) -> bytes:
        """Version 1: [1, facility, name]."""
        content = msgspec.msgpack.encode((1, row.facility, row.name))
        return self.seal(content, facility_owner(company, number))

    def _tell(self, file: str, line: int, reason: Reason) -> None:
        self.reading.findings.add(Finding(file, line, reason, "customer_number"))
