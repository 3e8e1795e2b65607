"""An import with all its parts, fed with text: what the tests of the import rules work at."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime

from broker.registers.contacts import ContactSeal
from broker.registers.findings import Finding
from broker.registers.hashing import Peppers
from broker.registers.imported import ImportedRegister
from broker.registers.importing import Export, Imported, ImportRefused, Mode, RegisterImport
from broker.registers.lines import Source
from broker.registers.suspending import Suspensions
from broker.registers.taking_back import TakingBack
from broker.sealed import Vault
from linking.company import Company
from tests.broker.registers.fakes import (
    FakeAudit,
    FakeDelegations,
    FakeIndex,
    FakeLinks,
    FakeSessions,
    no_transaction,
)

CUSTOMERS = "company;customer_number;kind;status;email;phone;protected;name;evidence_from\n"
INVOICES = "company;customer_number;invoice_number;ocr;issued_on;due_on;amount;type\n"
FACILITIES = "company;customer_number;facility;name\n"

PEPPERS = {"2026": bytes(range(32))}


def source(name: str, content: str | bytes) -> Source:
    """A file in memory."""
    raw = content if isinstance(content, bytes) else content.encode()
    return Source(name, io.BytesIO(raw), len(raw))


def customer(number: str, **changed: str) -> str:
    """A row of `CUSTOMERS`."""
    row = {
        "company": "elnat",
        "number": number,
        "kind": "private",
        "status": "active",
        "email": f"k{number}@example.com",
        "phone": "070-1740610",
        "protected": "0",
        "name": "Tuva Ekblad",
        "evidence_from": "",
    } | changed
    return ";".join(row.values()) + "\n"


def invoice(number: str, invoice_number: str, **changed: str) -> str:
    """A row of `INVOICES`."""
    row = {
        "company": "elnat",
        "number": number,
        "invoice": invoice_number,
        "ocr": "",
        "issued_on": "2026-10-01",
        "due_on": "2026-10-31",
        "amount": "1234,50",
        "type": "invoice",
    } | changed
    return ";".join(row.values()) + "\n"


@dataclass
class Desk:
    """Imports with a clock that the test sets and everything else in view."""

    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    peppers: dict[str, bytes] = field(default_factory=lambda: dict(PEPPERS))
    master_keys: dict[str, bytes] = field(default_factory=lambda: {"2026": bytes(range(32))})
    companies: dict[str, Company] = field(
        default_factory=lambda: {"elnat": Company("elnat"), "fjarr": Company("fjarr")}
    )
    index: FakeIndex = field(default_factory=FakeIndex)
    links: FakeLinks = field(default_factory=FakeLinks)
    delegations: FakeDelegations = field(default_factory=FakeDelegations)
    sessions: FakeSessions = field(default_factory=FakeSessions)
    audit: FakeAudit = field(default_factory=FakeAudit)
    findings: list[Finding] = field(default_factory=list)
    progress: list[tuple[str, int, int]] = field(default_factory=list)

    @property
    def contacts(self) -> ContactSeal:
        vault = Vault(self.master_keys)
        return ContactSeal(vault.seal, vault.open)

    @property
    def register(self) -> ImportedRegister:
        items = {name: each.ladder.second_item for name, each in self.companies.items()}
        return ImportedRegister(self.index, Peppers.of(self.peppers), self.contacts, items)

    @property
    def use_case(self) -> RegisterImport:
        return RegisterImport(
            companies=self.companies,
            peppers=Peppers.of(self.peppers),
            contacts=self.contacts,
            index=self.index,
            transaction=no_transaction,
            suspensions=Suspensions(self.links, self.delegations, self.sessions, self.audit),
            audit=self.audit,
            clock=lambda: self.now,
        )

    async def run(
        self,
        customers: str | bytes,
        invoices: str | bytes = "",
        facilities: str | bytes | None = None,
        *,
        headers: bool = True,
        **mode: bool,
    ) -> Imported | ImportRefused:
        """Import rows (or whole files without `headers`); findings are collected anew."""
        self.findings.clear()
        if headers:
            customers = CUSTOMERS.encode() + _raw(customers)
            invoices = INVOICES.encode() + _raw(invoices)
            facilities = None if facilities is None else FACILITIES.encode() + _raw(facilities)
        export = Export(
            source("customers.csv", customers),
            source("invoices.csv", invoices),
            None if facilities is None else source("facilities.csv", facilities),
        )
        return await self.use_case.run(
            export,
            Mode(**mode),
            on_finding=self.findings.append,
            on_progress=lambda *step: self.progress.append(step),
        )

    async def take_back(self, company: str = "elnat") -> object:
        return await TakingBack(self.index, no_transaction, self.audit, lambda: self.now).run(
            company
        )

    @property
    def told(self) -> list[str]:
        """The findings as the report says them."""
        return [str(finding) for finding in self.findings]


def _raw(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()
