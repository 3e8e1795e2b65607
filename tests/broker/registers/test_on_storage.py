"""The import on the real index: generated files in, answers out, readers never between two."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker.registers.batches import Progress
from broker.registers.contacts import ContactSeal
from broker.registers.generator import RegisterFiles, sister_companies, write_register
from broker.registers.hashing import Peppers
from broker.registers.imported import ImportedRegister
from broker.registers.importing import Export, Imported, ImportRefused, Mode, RegisterImport
from broker.registers.suspending import Suspensions
from broker.registers.taking_back import TakingBack
from broker.sealed import Vault
from broker.storage import Storage, migrate_storage, open_storage
from broker.storage.ports import Session
from linking.company import Company
from linking.ladder import SecondItem
from linking.model import (
    CustomerId,
    CustomerStatus,
    Identity,
    IdentityKey,
    Link,
    LinkId,
    PersonId,
    Proof,
    Relation,
)
from tests.broker.registers.desk import CUSTOMERS, INVOICES, customer, invoice, source

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
VAULT = Vault({"2026": bytes(range(32))})
PEPPERS = Peppers.of({"2026": bytes(range(32))})
CONTACTS = ContactSeal(VAULT.seal, VAULT.open)
SECOND_ITEMS = dict.fromkeys(("elhandel", "elnat", "fjarrvarme"), SecondItem.AMOUNT_AND_DUE_DATE)


@dataclass
class Office:
    """An import and a register on one storage."""

    storage: Storage

    @property
    def register(self) -> ImportedRegister:
        return ImportedRegister(self.storage.index, PEPPERS, CONTACTS, SECOND_ITEMS)

    async def run(
        self, export: Export, on_progress: Progress = lambda *_: None, **mode: bool
    ) -> Imported | ImportRefused:
        storage = self.storage
        names = ("elhandel", "elnat", "fjarrvarme")
        use_case = RegisterImport(
            companies={name: Company(name) for name in names},
            peppers=PEPPERS,
            contacts=CONTACTS,
            index=storage.index,
            transaction=storage.transaction,
            suspensions=Suspensions(
                storage.links, storage.delegations, storage.sessions, storage.audit
            ),
            audit=storage.audit,
            clock=lambda: NOW,
        )
        return await use_case.run(
            export, Mode(**mode), on_finding=lambda _: None, on_progress=on_progress
        )


@pytest.fixture(params=["memory", "file"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    """On SQLite in memory, and in a file where readers have connections of their own."""
    url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'farstu.db'}"
    await migrate_storage(url, "sqlite://")
    async with open_storage(
        url,
        "sqlite://",
        seal=VAULT.seal,
        open_sealed=VAULT.open,
        new_id=lambda prefix: f"{prefix}1",
        clock=lambda: NOW,
    ) as storage:
        yield Office(storage)


def rows(customers: str, invoices: str = "") -> Export:
    """An export of these rows."""
    return Export(
        source("customers.csv", CUSTOMERS + customers), source("invoices.csv", INVOICES + invoices)
    )


def opened(files: RegisterFiles) -> Export:
    """An export of generated files."""
    return Export(
        *(
            source(path.name, path.read_bytes())
            for path in (files.customers, files.invoices, files.facilities)
        )
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
async def test_a_generated_register_is_imported_whole(
    office: Office, encoding: str, tmp_path: Path
) -> None:
    """Every row counts, whichever encoding it was exported in, and even when strict."""
    files = write_register(
        tmp_path / "export",
        sister_companies(),
        households=200,
        today=NOW.date(),
        months=3,
        encoding=encoding,
    )
    outcome = await office.run(opened(files), strict=True)
    assert isinstance(outcome, Imported)
    assert sum(count.customers for count in outcome.companies) == files.customer_rows
    assert sum(count.facilities for count in outcome.companies) == files.customer_rows
    kept = [await office.storage.index.current(count.company) for count in outcome.companies]
    assert [one.customers for one in kept if one] == [one.customers for one in outcome.companies]
    again = await office.run(opened(files), strict=True)
    assert isinstance(again, Imported)
    assert {count.standings_changed for count in again.companies} == {0}


async def test_swedish_letters_survive(office: Office) -> None:
    """From Windows-1252 through the seal and back."""
    await office.run(
        Export(
            source(
                "customers.csv", (CUSTOMERS + customer("100423", name="Åke Öst")).encode("cp1252")
            ),
            source("invoices.csv", INVOICES),
        )
    )
    contact = await office.register.contact("elnat", "100423")
    assert contact is not None
    assert contact.name == "Åke Öst"


async def test_suspension_signs_out_and_taking_back_does_not_sign_in(office: Office) -> None:
    """On real sessions: the holder of a customer who died is out, and stays out."""
    await office.run(rows(customer("100423"), invoice("100423", "4711023")))
    await linked(office.storage)
    session = await signed_in(office.storage)
    outcome = await office.run(rows(customer("100423", status="deceased")), force=True)
    assert isinstance(outcome, Imported)
    assert outcome.companies[0].sessions_ended == 1
    restored = await TakingBack(
        office.storage.index, office.storage.transaction, office.storage.audit, lambda: NOW
    ).run("elnat")
    assert restored is not None
    standing = await office.register.standing("elnat", "100423")
    assert standing is not None
    assert standing.status is CustomerStatus.ACTIVE
    assert await office.register.find_invoice("elnat", "100423", "4711023") is not None
    assert await office.storage.sessions.by_id(session, now=NOW) is None
    kinds = [record.event.kind async for record in office.storage.audit.read()]
    assert kinds == [
        "register_imported",
        "customer_suspended",
        "register_imported",
        "register_taken_back",
    ]


async def test_who_is_restricted_and_missing_stays_restricted(office: Office) -> None:
    """On real rows, import after import: deceased and closed stay, the active one is unknown."""
    gone = customer("100423", status="deceased") + customer("100424", status="closed")
    await office.run(rows(gone + customer("100425") + customer("100426")))
    for _ in range(3):
        outcome = await office.run(rows(customer("100426")), force=True)
        assert isinstance(outcome, Imported)
        assert outcome.companies[0].carried == 2
    found = [await office.register.standing("elnat", str(n)) for n in range(100423, 100427)]
    assert [one and one.status for one in found] == [
        CustomerStatus.DECEASED,
        CustomerStatus.CLOSED,
        None,
        CustomerStatus.ACTIVE,
    ]


async def test_a_reader_sees_the_old_register_or_the_new_one(office: Office) -> None:
    """While an import runs, one customer who is in both is found all the time."""
    before = "".join(customer(str(200_000 + place)) for place in range(300))
    after = before.replace("private;active", "private;closed")
    await office.run(rows(before))
    running = asyncio.create_task(office.run(rows(after), force=True))
    seen: list[CustomerStatus] = []
    while not running.done():
        standing = await office.register.standing("elnat", "200123")
        assert standing is not None
        seen.append(standing.status)
        await asyncio.sleep(0)
    assert isinstance(running.result(), Imported)
    assert seen[0] is CustomerStatus.ACTIVE
    assert seen == sorted(seen)
    standing = await office.register.standing("elnat", "200123")
    assert standing is not None
    assert standing.status is CustomerStatus.CLOSED


async def test_two_imports_at_once_leave_one_truth(office: Office) -> None:
    """The second to finish compared itself with what is no longer current: refused."""
    await office.run(rows(customer("100423")))
    outcomes = await asyncio.gather(
        office.run(rows(customer("100423"))), office.run(rows(customer("100423")))
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ImportRefused", "Imported"]
    assert len(await office.storage.index.generations("elnat")) == 2


@pytest.mark.parametrize("file", ["customers.csv", "invoices.csv"])
@pytest.mark.parametrize("step", ["", " → register"])
async def test_an_import_that_is_broken_off_leaves_nothing(
    office: Office, file: str, step: str, tmp_path: Path
) -> None:
    """By Ctrl-C, while it reads or while it writes; what is current stays."""
    files = write_register(tmp_path / "export", sister_companies(), households=60, today=NOW.date())
    await office.run(rows(customer("100423")))
    before = await office.storage.index.generations("elnat")

    def break_off(at: str, done: int, size: int) -> None:
        del done, size
        if at == file + step:
            running.cancel()

    running = asyncio.create_task(office.run(opened(files), on_progress=break_off, force=True))
    with pytest.raises(asyncio.CancelledError):
        await running
    for company in ("elhandel", "elnat", "fjarrvarme"):
        kept = await office.storage.index.generations(company)
        assert kept == (before if company == "elnat" else [])


async def test_a_refused_import_leaves_nothing(office: Office) -> None:
    """Not a row, not a generation, not a line in the audit trail."""
    outcome = await office.run(rows(customer("100423") + customer("x")), strict=True)
    assert isinstance(outcome, ImportRefused)
    assert await office.storage.index.generations("elnat") == []
    assert [record async for record in office.storage.audit.read()] == []


KEY = IdentityKey("https://idp.example", "s-1")


async def linked(storage: Storage) -> None:
    """A person with a link to customer 100423."""
    await storage.persons.admit(Identity(KEY, PersonId("p_1"), "google", "m•••@…", NOW, NOW))
    who = await storage.links.customer("elnat", "100423", proposed=CustomerId("c_1"))
    await storage.links.create(
        Link(LinkId("l_1"), PersonId("p_1"), who, Relation.HOLDER, Proof.INVOICE, KEY, NOW)
    )


async def signed_in(storage: Storage) -> str:
    """A session of that person."""
    session = Session(
        id="sid_1",
        person="p_1",
        provider="google",
        issuer=KEY.issuer,
        subject=KEY.subject,
        auth_time=NOW,
        created_at=NOW,
        seen_at=NOW,
        expires_at=NOW + timedelta(hours=8),
        idle=timedelta(minutes=30),
        remembered=False,
    )
    await storage.sessions.create(session, secret_hash=bytes(32))
    return session.id
