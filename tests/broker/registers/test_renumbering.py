"""Renumbering on the real storage: links follow, nobody gets anything that is another's."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from broker.registers.contacts import ContactSeal
from broker.registers.findings import Finding, Reason
from broker.registers.hashing import Peppers
from broker.registers.imported import ImportedRegister
from broker.registers.importing import Export, Imported, Mode, RegisterImport
from broker.registers.renumbering import Renumbering
from broker.registers.renumbering_outcomes import Refusal, Renumbered, RenumberingRefused
from broker.registers.suspending import Suspensions
from broker.registers.taking_back import TakingBack
from broker.sealed import Vault
from broker.storage import Storage, open_storage
from linking import HeldCodes
from linking.codes.ports import IssuedCode, Wish
from linking.codes.sending import Medium
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
from tests.broker.registers.desk import CUSTOMERS, FACILITIES, INVOICES, customer, invoice, source
from tests.linking.fakes import CODE_KEYS

DAY = timedelta(days=1)
SECOND_ITEMS = dict.fromkeys(("elnat", "fjarr"), SecondItem.AMOUNT_AND_DUE_DATE)
COMPANIES = {name: Company(name) for name in ("elnat", "fjarr")}
HEADER = "company;old_number;new_number\n"
A, B, C = "100001", "100002", "100003"


@dataclass
class Office:
    """A register, links on it, and a renumbering."""

    storage: Storage
    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    peppers: Peppers = field(default_factory=lambda: Peppers.of({"2026": bytes(range(32))}))
    vault: Vault = field(default_factory=lambda: Vault({"2026": bytes(range(32))}))
    findings: list[Finding] = field(default_factory=list)

    @property
    def contacts(self) -> ContactSeal:
        return ContactSeal(self.vault.seal, self.vault.open)

    @property
    def register(self) -> ImportedRegister:
        return ImportedRegister(self.storage.index, self.peppers, self.contacts, SECOND_ITEMS)

    async def run_import(self, customers: str, invoices: str = "", places: str = "") -> Imported:
        storage = self.storage
        outcome = await RegisterImport(
            companies=COMPANIES,
            peppers=self.peppers,
            contacts=self.contacts,
            index=storage.index,
            transaction=storage.transaction,
            suspensions=Suspensions(
                storage.links, storage.delegations, storage.sessions, storage.audit
            ),
            audit=storage.audit,
            clock=lambda: self.now,
        ).run(
            Export(
                source("customers.csv", CUSTOMERS + customers),
                source("invoices.csv", INVOICES + invoices),
                source("facilities.csv", FACILITIES + places),
            ),
            Mode(),
            on_finding=self.findings.append,
            on_progress=lambda *_: None,
        )
        assert isinstance(outcome, Imported), outcome
        return outcome

    async def link(self, number: str, company: str = "elnat") -> CustomerId:
        """Somebody connects to this customer."""
        storage, person = self.storage, PersonId(f"p{number}")
        key = IdentityKey("https://issuer.example", f"s{company}{number}")
        async with storage.transaction():
            await storage.persons.admit(Identity(key, person, "google", "", self.now, self.now))
            who = await storage.links.customer(
                company, number, proposed=CustomerId(f"c_{company}_{number}")
            )
            await storage.links.create(
                Link(
                    LinkId(f"l_{company}_{number}"), person, who, Relation.HOLDER, Proof.INVOICE,
                    key, self.now,
                )
            )  # fmt: skip
        return who.id

    async def linked_number(self, number: str) -> str:
        """Under which number the link made to `number` stands now."""
        found = await self.storage.links.find(LinkId(f"l_elnat_{number}"))
        assert found is not None
        assert found.customer.id == f"c_elnat_{number}"
        return found.customer.number

    async def renumber(
        self, *rows: str, dry_run: bool = False, header: str = HEADER
    ) -> Renumbered | RenumberingRefused:
        self.findings.clear()
        text = header + "".join(f"{row}\n" for row in rows)
        return await Renumbering(
            companies=COMPANIES,
            peppers=self.peppers,
            contacts=self.contacts,
            index=self.storage.index,
            numbers=self.storage.numbers,
            codes=HeldCodes(self.storage.codes, CODE_KEYS),
            transaction=self.storage.transaction,
            audit=self.storage.audit,
            clock=lambda: self.now,
        ).run(
            source("map.csv", text),
            dry_run=dry_run,
            on_finding=self.findings.append,
            on_progress=lambda *_: None,
        )

    async def events(self, kind: str) -> list[dict[str, str]]:
        """What the trail says of this kind."""
        return [
            {"subject": each.event.subject, "customer": each.event.customer, **each.event.facts}
            async for each in self.storage.audit.read()
            if each.event.kind == kind
        ]


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """Nothing has been imported yet."""
    vault, numbers = Vault({"2026": bytes(range(32))}), itertools.count(1)
    async with open_storage(
        "sqlite://",
        "sqlite://",
        seal=vault.seal,
        open_sealed=vault.open,
        new_id=lambda prefix: f"{prefix}{next(numbers)}",
        clock=lambda: datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    ) as storage:
        yield Office(storage)


async def test_links_follow_their_customer(office: Office) -> None:
    """The number changes, the opaque id and the link do not; the trail has ids and counts only."""
    await office.run_import(customer(A) + customer(B))
    await office.link(A)
    outcome = await office.renumber(f"elnat;{A};200001", f"elnat;{B};200002", "elnat;100009;200009")
    assert isinstance(outcome, Renumbered)
    [count] = outcome.companies
    assert (count.changes, count.linked, count.unlinked, count.in_register) == (3, 1, 2, 2)
    assert await office.linked_number(A) == "200001"
    [one] = await office.events("customer_renumbered")
    assert one == {"subject": "", "customer": f"c_elnat_{A}", "company": "elnat"}
    [whole] = await office.events("customers_renumbered")
    counts = {"changes": "3", "linked": "1", "in_register": "2"}
    assert whole == {"subject": "elnat", "customer": "", **counts}


async def test_two_customers_change_places(office: Office) -> None:
    """A swap and a chain at once: each gets the right one's number."""
    await office.run_import(customer(A, name="Ett") + customer(B, name="Tva") + customer(C))
    for number in (A, B, C):
        await office.link(number)
    await office.renumber(f"elnat;{A};{B}", f"elnat;{B};{A}", f"elnat;{C};100004")
    assert [await office.linked_number(number) for number in (A, B, C)] == [B, A, "100004"]
    contacts = [await office.register.contact("elnat", number) for number in (A, B, C)]
    assert [contact and contact.name for contact in contacts] == ["Tva", "Ett", None]


async def test_a_chain_goes_through(office: Office) -> None:
    """A to B, B to C, C to something new."""
    await office.run_import(customer(A) + customer(B) + customer(C))
    for number in (A, B, C):
        await office.link(number)
    await office.renumber(f"elnat;{A};{B}", f"elnat;{B};{C}", f"elnat;{C};100004")
    assert [await office.linked_number(number) for number in (A, B, C)] == [B, C, "100004"]


async def test_who_is_deceased_or_protected_is_so_at_once(office: Office) -> None:
    """Also who was carried over because no export has them any more."""
    many = "".join(customer(str(number)) for number in range(200_000, 200_150))
    await office.run_import(many + customer(A, status="deceased") + customer(B, protected="1"))
    await office.run_import(many + customer(B, protected="1"))
    await office.renumber(f"elnat;{A};{B}", f"elnat;{B};300002")
    first = await office.register.standing("elnat", B)
    second = await office.register.standing("elnat", "300002")
    assert first is not None
    assert second is not None
    assert (first.status, first.protected) == (CustomerStatus.DECEASED, False)
    assert (second.status, second.protected) == (CustomerStatus.ACTIVE, True)
    again = await office.run_import(many + customer("300002", protected="1"))
    assert again.companies[0].carried == 1


async def test_an_invoice_of_the_number_before_opens_nothing(office: Office) -> None:
    """Who had number A must not become, with their own invoice, who has it now."""
    await office.run_import(
        customer(A) + customer(B), invoice(A, "4711001") + invoice(B, "4711002")
    )
    assert await office.register.find_invoice("elnat", A, "4711001")
    await office.renumber(f"elnat;{A};{B}", f"elnat;{B};{A}")
    for number, evidence in itertools.product((A, B), ("4711001", "4711002")):
        assert await office.register.find_invoice("elnat", number, evidence) is None


async def test_the_next_import_takes_them_for_the_same(office: Office) -> None:
    """Since when the contact is what it is stays; no guard objects; invoices prove again."""
    await office.run_import(customer(A) + customer(B), invoice(A, "4711001"))
    office.now += 30 * DAY
    await office.run_import(
        customer(A, email="ny@example.com") + customer(B), invoice(A, "4711001")
    )
    before = await office.register.contact("elnat", A)
    office.now += DAY
    await office.renumber(f"elnat;{A};200001", f"elnat;{B};200002")
    office.now += DAY
    done = await office.run_import(
        customer("200001", email="ny@example.com") + customer("200002"),
        invoice("200001", "4711001"),
    )
    assert await office.register.contact("elnat", "200001") == before
    assert before is not None
    assert before.changed_on == date(2026, 12, 23)
    assert (done.companies[0].standings_changed, done.companies[0].newly_suspended) == (0, 0)
    assert await office.register.find_invoice("elnat", "200001", "4711001")
    place = office.peppers.newest.customer("elnat", "200001")
    row = await office.storage.index.nearest_customer("elnat", place)
    assert row is not None
    previous = office.contacts.opened("elnat", "200001", row.sealed_previous_contact)
    assert previous.email == f"k{A}@example.com"


async def test_facilities_move_with_their_customer(office: Office) -> None:
    """Sealed to the new number, under the new place."""
    await office.run_import(customer(A) + customer(B), places=f"elnat;{A};735999;Stugan\n")
    await office.renumber(f"elnat;{A};200001")
    generation = await office.storage.index.current("elnat")
    assert generation is not None
    [(key, sealed)] = [each async for each in office.storage.index.facilities_of(generation)]
    assert key == office.peppers.newest.customer("elnat", "200001")
    assert b"Stugan" in office.vault.open(sealed, b"customer facility\0elnat\x00200001")


async def test_no_register_with_the_old_numbers_can_be_taken_back(office: Office) -> None:
    """It would fit no link."""
    await office.run_import(customer(A))
    await office.run_import(customer(A))
    await office.renumber(f"elnat;{A};200001")
    undo = TakingBack(
        office.storage.index, office.storage.transaction, office.storage.audit, lambda: office.now
    )
    assert await undo.run("elnat") is None
    assert len(await office.storage.index.generations("elnat")) == 1


async def test_links_follow_without_a_register(office: Office) -> None:
    """Nothing has been imported of this company; another company's same number stays."""
    await office.link(A)
    await office.link(A, company="fjarr")
    assert isinstance(await office.renumber(f"elnat;{A};200001"), Renumbered)
    assert await office.linked_number(A) == "200001"
    other = await office.storage.links.find(LinkId(f"l_fjarr_{A}"))
    assert other is not None
    assert other.customer.number == A


async def test_a_dry_run_counts_and_changes_nothing(office: Office) -> None:
    """The same figures as the real run."""
    await office.run_import(customer(A) + customer(B))
    await office.link(A)
    rows = (f"elnat;{A};200001", f"elnat;{B};200002", "elnat;100009;200009")
    before = await office.storage.index.generations("elnat")
    dry = await office.renumber(*rows, dry_run=True)
    assert await office.linked_number(A) == A
    assert await office.storage.index.generations("elnat") == before
    assert not await office.events("customers_renumbered")
    assert await office.renumber(*rows) == dry


@pytest.mark.parametrize(
    ("rows", "line", "column", "reason"),
    [
        (["nobody;100001;200001"], 2, "company", Reason.UNKNOWN_COMPANY),
        (["elnat;;200001"], 2, "old_number", Reason.EMPTY),
        (["elnat;100001;nummer!"], 2, "new_number", Reason.NOT_A_NUMBER),
        (["elnat;x;200001"], 2, "old_number", Reason.NOT_A_NUMBER),
        ([f"elnat;{A};200001", f"elnat;{A};200002"], 3, "old_number", Reason.DUPLICATE_OLD),
        ([f"elnat;{A};200001", f"elnat;{B};200001"], 3, "new_number", Reason.DUPLICATE_NEW),
        ([f"elnat;{A};{B}", f"elnat;{B};{B}"], 3, "new_number", Reason.DUPLICATE_NEW),
        (["elnat;100009;200001", f"elnat;{A};{B}"], 3, "new_number", Reason.NUMBER_TAKEN),
        ([f"elnat;100009;{C}"], 2, "new_number", Reason.NUMBER_TAKEN),
        ([f"elnat;{A}"], 2, "", Reason.COLUMN_COUNT),
    ],
)
async def test_a_bad_row_refuses_all_and_is_told_by_line(
    rows: list[str], line: int, column: str, reason: Reason, office: Office
) -> None:
    """B is known of a link, C of the register only; merging is not renumbering."""
    await office.run_import(customer(A) + customer(C))
    await office.link(A)
    await office.link(B)
    outcome = await office.renumber(*rows)
    assert isinstance(outcome, RenumberingRefused)
    assert outcome.refusal is Refusal.ROWS
    assert office.findings == [Finding("map.csv", line, reason, column)]
    assert await office.linked_number(A) == A
    assert not await office.events("customers_renumbered")
    assert len(await office.storage.index.generations("elnat")) == 1


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        ([f"elnat;{A};{A}", "fjarr;100009;100009"], Refusal.NO_CHANGE),
        (["elnat;100008;200008", f"elnat;{A};{A}"], Refusal.NOBODY),
        ([f"elnat;{A};200001", "fjarr;100008;200008"], Refusal.NOBODY),
    ],
)
async def test_a_map_that_changes_nothing_costs_nothing(
    rows: list[str], refusal: Refusal, office: Office, *, dry_run: bool
) -> None:
    """The wrong file, or one that was carried out before: what invoices prove stays."""
    await office.run_import(customer(A), invoice(A, "4711001"))
    outcome = await office.renumber(*rows, dry_run=dry_run)
    assert isinstance(outcome, RenumberingRefused)
    assert outcome.refusal is refusal
    assert await office.register.find_invoice("elnat", A, "4711001")
    assert len(await office.storage.index.generations("elnat")) == 1


async def test_a_company_that_nothing_changes_for_is_left_alone(office: Office) -> None:
    """Beside one whose customers get other numbers."""
    await office.run_import(customer(A), invoice(A, "4711001"))
    await office.link(A, company="fjarr")
    outcome = await office.renumber(f"elnat;{A};{A}", f"fjarr;{A};200001")
    assert isinstance(outcome, Renumbered)
    assert [count.company for count in outcome.companies] == ["fjarr"]
    assert await office.register.find_invoice("elnat", A, "4711001")


async def test_numbers_are_never_shown(office: Office) -> None:
    """Not in a finding, a value's text or the trail."""
    await office.run_import(customer(A))
    await office.link(A)
    outcome = await office.renumber(f"elnat;{A};200001")
    told = f"{outcome} {office.findings}"
    told += " ".join(str(each) for each in await office.events("customers_renumbered"))
    assert A not in told
    assert "200001" not in told


async def test_an_empty_map_is_none(office: Office) -> None:
    """Nothing but its header."""
    outcome = await office.renumber()
    assert isinstance(outcome, RenumberingRefused)
    assert outcome.refusal is Refusal.NO_ROWS


async def test_the_register_must_be_readable(office: Office) -> None:
    """Without its pepper or master key nothing is changed."""
    await office.run_import(customer(A))
    other = bytes(range(50, 82))
    for changes, refusal in (
        ({"peppers": Peppers.of({"2027": other})}, Refusal.PEPPER_GONE),
        ({"vault": Vault({"2026": other})}, Refusal.SEALED),
    ):
        outcome = await replace(office, **changes).renumber(f"elnat;{A};200001")
        assert isinstance(outcome, RenumberingRefused)
        assert (outcome.refusal, outcome.company) == (refusal, "elnat")
        assert len(await office.storage.index.generations("elnat")) == 1


async def test_an_import_meanwhile_refuses_it(office: Office) -> None:
    """What was copied is not current any more; nothing of the copy is left."""
    await office.run_import(customer(A))
    await office.link(A)
    index, original = office.storage.index, office.storage.index.add_customers

    class Slow:
        """The index, during whose copying another import finishes."""

        def __getattr__(self, name: str) -> object:
            return getattr(index, name)

        async def add_customers(self, generation: object, batch: object) -> None:
            await original(generation, batch)  # type: ignore[arg-type]
            if office.storage.index is not index:
                office.storage = fast
                await office.run_import(customer(A))

    fast = office.storage
    office.storage = replace(fast, index=Slow())  # type: ignore[arg-type]
    outcome = await office.renumber(f"elnat;{A};200001")
    assert isinstance(outcome, RenumberingRefused)
    assert outcome.refusal is Refusal.OVERTAKEN
    assert await office.linked_number(A) == A
    assert len(await index.generations("elnat")) == 2


async def test_real_files_are_read_as_an_export_is(office: Office) -> None:
    """Columns in any order, commas, a byte order mark, spaces in numbers."""
    await office.run_import(customer(A))
    await office.link(A)
    outcome = await office.renumber(
        "200 001,elnat,100-001", header="\ufeffnew_number,company,old_number\n"
    )
    assert isinstance(outcome, Renumbered)
    assert await office.linked_number(A) == "200001"


async def test_codes_end_with_the_number_that_they_were_sent_by(office: Office) -> None:
    """Of old and new numbers, with wishes and sendings; all others stay, the sister's too."""
    await office.run_import(customer(A) + customer(B) + customer(C))
    codes = office.storage.codes
    places = [("elnat", A), ("elnat", B), ("elnat", C), ("fjarr", A)]
    hashes = {}
    for company, number in places:
        tag, id_ = CODE_KEYS.of_customer(company, number), f"{company}{number}"
        hashes[CODE_KEYS.of_code(company, number, "CODE")[0]] = id_
        wish = Wish(f"w{id_}", company, number, Medium.MESSAGE, office.now)
        await codes.wish(wish, customer_tag=tag, asker_tag=b"me")
        code = IssuedCode(
            id_, company, tag, CODE_KEYS.of_code(company, number, "CODE")[0], "CODE",
            Medium.MESSAGE, issued_at=office.now, expires_at=office.now + DAY,
        )  # fmt: skip
        await codes.issue(code)
        await codes.sent(tag, Medium.MESSAGE, at=office.now)

    async def left() -> list[str]:
        waiting = await codes.wishes(now=office.now, limit=10)
        found = await codes.matching(list(hashes), now=office.now)
        wished = sorted(each.id.removeprefix("w") for each in waiting.wishes)
        assert sorted(each.id for each in found) == wished
        return wished

    await office.renumber(f"elnat;{A};{B}", f"elnat;{B};{A}", dry_run=True)
    assert len(await left()) == len(places)
    assert isinstance(await office.renumber(f"elnat;{A};{B}", f"elnat;{B};{A}"), Renumbered)
    assert await left() == [f"elnat{C}", f"fjarr{A}"]
    tag, since = CODE_KEYS.of_customer("elnat", A), office.now - DAY
    assert await codes.times_sent(tag, Medium.MESSAGE, since=since) == 0
