"""The rules of an import: all or nothing, guards, what is carried over, who is signed out."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from broker.registers import known_numbers
from broker.registers.findings import FileRefused
from broker.registers.guards import Objection
from broker.registers.hashing import Peppers, Recipe
from broker.registers.importing import Imported, ImportRefused
from broker.sealed import NotOurs
from linking.company import Company
from linking.errors import RegisterUnavailable
from linking.evidence import proves
from linking.ladder import Level
from linking.model import (
    Contact,
    Customer,
    CustomerId,
    CustomerKind,
    CustomerStatus,
    Delegation,
    IdentityKey,
    Link,
    Proof,
    Relation,
    Standing,
)
from linking.ports import RegisteredInvoice
from linking.typed.numbers import NumberFormat
from linking.typed.ocr import OcrTemplate
from tests.broker.registers.desk import Desk, customer, invoice

TODAY = date(2026, 11, 23)


def population(count: int, **changed: str) -> str:
    """So many rows of customers, alike but for their numbers."""
    return "".join(customer(str(100_000 + i), **changed) for i in range(count))


def refusals(outcome: object) -> list[Objection]:
    """What a refused import was refused for."""
    assert isinstance(outcome, ImportRefused)
    return [one.objection for one in outcome.objections]


async def test_what_was_imported_is_found(desk: Desk) -> None:
    """Customer and invoice are there afterwards, and the counts say so."""
    outcome = await desk.run(customer("100423"), invoice("100423", "4711023"))
    assert isinstance(outcome, Imported)
    assert (outcome.companies[0].customers, outcome.companies[0].proving) == (1, 1)
    found = await desk.register.find_invoice("elnat", "100423", "4711023")
    assert found == RegisteredInvoice(date(2026, 10, 1))
    assert await desk.register.standing("elnat", "100423") == Standing(
        CustomerKind.PRIVATE, CustomerStatus.ACTIVE, TODAY, protected=False
    )


async def test_evidence_is_bound_to_customer_and_company(desk: Desk) -> None:
    """An invoice number proves nothing for another customer or another company."""
    rows = customer("100423") + customer("100424") + customer("100423", company="fjarr")
    await desk.run(rows, invoice("100423", "4711023"))
    assert await desk.register.find_invoice("elnat", "100424", "4711023") is None
    assert await desk.register.find_invoice("fjarr", "100423", "4711023") is None


async def test_numbers_meet_what_people_type(desk: Desk) -> None:
    """Both sides are normalised by the company's format: zeros, spaces, dashes."""
    company = Company("elnat", customer_numbers=NumberFormat(zeros=8))
    desk.companies["elnat"] = company
    await desk.run(customer("1 004-23"), invoice("00100423", "0004711023"))
    typed = company.read_customer_number("kundnr 100423"), company.read_evidence("4711 023")
    assert await desk.register.find_invoice("elnat", *typed) is not None


async def test_nothing_is_kept_in_clear(desk: Desk) -> None:
    """Neither numbers nor contacts can be read in what the index holds."""
    await desk.run(customer("100423"), invoice("100423", "4711023"), "elnat;100423;735999;Hemma\n")
    kept = repr((desk.index.customer_rows, desk.index.evidence_rows, desk.index.facility_rows))
    for value in ("100423", "4711023", "example.com", "Tuva", "1740610", "735999", "Hemma"):
        assert value not in kept


async def test_credit_notes_and_old_invoices_prove_nothing(desk: Desk) -> None:
    """They are counted apart; reminders, final bills and dates ahead are counted as proving."""
    outcome = await desk.run(
        customer("100423"),
        invoice("100423", "1001", type="credit")
        + invoice("100423", "1002", issued_on="2025-09-22")
        + invoice("100423", "1003", issued_on="2025-09-23")
        + invoice("100423", "1004", type="Reminder")
        + invoice("100423", "1005", type="final")
        + invoice("100423", "1006", issued_on="2026-12-01"),
    )
    assert isinstance(outcome, Imported)
    assert (outcome.companies[0].proving_nothing, outcome.companies[0].proving) == (2, 4)
    proved = [str(number) for number in range(1001, 1007) if await proved_by(desk, str(number))]
    assert proved == ["1003", "1004", "1005"]
    desk.now += timedelta(days=8)
    assert await proved_by(desk, "1006")


async def test_dates_are_kept_for_two_years_more(desk: Desk) -> None:
    """To date reminders by; credit notes and what is older leave nothing behind."""
    await desk.run(
        customer("100423"),
        invoice("100423", "1001", type="credit")
        + invoice("100423", "1002", issued_on="2023-09-22")
        + invoice("100423", "1003", issued_on="2023-09-23"),
    )
    kept = desk.index.evidence_rows[desk.index.pointer["elnat"]]
    assert [one.issued_on for one in kept.values()] == [date(2023, 9, 23)]


async def test_a_reminder_does_not_make_its_invoice_younger(desk: Desk) -> None:
    """Sent after a move, it must not let a previous holder's invoice prove anything."""
    rows = invoice("100423", "4711023", type="reminder") + invoice(
        "100423", "4711023", issued_on="2026-08-25"
    )
    await desk.run(customer("100423"), rows)
    found = await desk.register.find_invoice("elnat", "100423", "4711023")
    assert found == RegisteredInvoice(date(2026, 8, 25))


@pytest.mark.parametrize("reminder_first", [True, False])
@pytest.mark.parametrize("number", ["4711023", "471102392"])
async def test_a_reminder_of_an_invoice_too_old_to_prove_proves_nothing(
    desk: Desk, number: str, reminder_first: bool
) -> None:
    """The previous holder has the invoice; the reminder came after the move, with its numbers."""
    desk.companies["elnat"] = Company("elnat", accepts_ocr=True)
    rows = [
        invoice("100423", "4711023", ocr="471102392", type="reminder"),
        invoice("100423", "4711023", ocr="471102392", issued_on="2025-08-25"),
    ]
    ordered = rows if reminder_first else rows[::-1]
    await desk.run(customer("100423", evidence_from="2026-09-01"), "".join(ordered))
    assert not await proved_by(desk, number)


async def proved_by(desk: Desk, number: str) -> bool:
    """Whether customer 100423 can be proved with this number now."""
    found = await desk.register.find_invoice("elnat", "100423", number)
    standing = await desk.register.standing("elnat", "100423")
    return proves(found, standing, desk.companies["elnat"], Level.INVOICE, now=desk.now)


@pytest.mark.parametrize(
    ("company", "is_found"),
    [
        (Company("elnat"), False),
        (Company("elnat", accepts_ocr=True), True),
        (
            Company(
                "elnat", accepts_ocr=True, ocr_template=OcrTemplate.parse("{invoice}{len}{check}")
            ),
            False,
        ),
    ],
)
async def test_ocr_numbers_are_kept_only_where_the_register_must_know_them(
    desk: Desk, company: Company, is_found: bool
) -> None:
    """Not where the company does not accept them, nor where a template says what is inside."""
    desk.companies["elnat"] = company
    await desk.run(customer("100423"), invoice("100423", "4711023", ocr="471102392"))
    found = await desk.register.find_invoice("elnat", "100423", "471102392")
    assert (found is not None) is is_found


async def test_an_impossible_ocr_number_costs_only_itself(desk: Desk) -> None:
    """The invoice number of such a row still counts, even with --strict."""
    desk.companies["elnat"] = Company("elnat", accepts_ocr=True)
    row = invoice("100423", "4711023", ocr="RF18" * 7)
    outcome = await desk.run(customer("100423"), row, strict=True)
    assert isinstance(outcome, Imported)
    assert desk.told == [
        "invoices.csv line 2: ocr is not an OCR number; the row counts, without it"
    ]
    assert await desk.register.find_invoice("elnat", "100423", "4711023")


async def test_good_rows_count_and_bad_ones_are_told(desk: Desk) -> None:
    """Wrong numbers, unknown customers and second rows are told by line; the others count."""
    outcome = await desk.run(
        customer("100423") + customer("1") + customer("100423") + customer("100424", status="?"),
        invoice("100423", "4711023")
        + invoice("100424", "4711024")
        + invoice("100423", "AB")
        + invoice("x", "4711026")
        + invoice("100423", "4711027", company="fjarr"),
        "elnat;100423;735999;Hemma\nelnat;100424;735999;Borta\nelnat;1;1;\nfjarr;100423;1;\n",
    )
    assert isinstance(outcome, Imported)
    assert desk.told == [
        "customers.csv line 5: status is neither active, closed nor deceased",
        "customers.csv line 3: customer_number does not have the form configured for the company",
        "customers.csv line 4: customer_number stands in an earlier row too; the earlier counts",
        "invoices.csv line 4: invoice_number does not have the form configured for the company",
        "invoices.csv line 5: customer_number does not have the form configured for the company",
        "invoices.csv line 3: customer_number is not among the customers that were read",
        "invoices.csv line 6: customer_number is not among the customers that were read",
        "facilities.csv line 4: customer_number does not have the form configured for the company",
        "facilities.csv line 3: customer_number is not among the customers that were read",
        "facilities.csv line 5: customer_number is not among the customers that were read",
    ]
    count = outcome.companies[0]
    assert (count.customers, count.proving, count.facilities) == (1, 1, 1)


async def test_strict_takes_all_or_nothing(desk: Desk) -> None:
    """One bad row, and nothing is changed; --force does not help."""
    outcome = await desk.run(customer("100423") + customer("x"), strict=True, force=True)
    assert refusals(outcome) == [Objection.BAD_ROWS]
    assert (desk.index.kept, desk.audit.events) == ({}, [])


async def test_a_dry_run_says_the_same_and_changes_nothing(desk: Desk) -> None:
    """Counts and findings as in earnest; no generation is left."""
    outcome = await desk.run(customer("100423") + customer("x"), dry_run=True)
    assert isinstance(outcome, Imported)
    assert outcome.dry_run
    assert (outcome.companies[0].customers, len(desk.findings)) == (1, 1)
    assert (desk.index.kept, desk.audit.events) == ({}, [])


async def test_a_file_that_cannot_be_read_changes_nothing(desk: Desk) -> None:
    """Even when customers have been written before the second file turns out to be wrong."""
    with pytest.raises(FileRefused):
        await desk.run(
            "company;customer_number;kind;status;email;phone;protected\n" + "elnat;1;;active;;;0\n",
            "wrong\n",
            headers=False,
        )
    assert desk.index.kept == {}


async def test_an_import_without_any_configured_company_is_refused(desk: Desk) -> None:
    """An empty file is not the truth about anything."""
    assert refusals(await desk.run("", force=True)) == [Objection.NO_CUSTOMERS]


async def test_only_the_companies_that_are_named_change(desk: Desk) -> None:
    """A sister company that does not stand in the files keeps its register."""
    await desk.run(customer("100423") + customer("50011", company="fjarr"))
    await desk.run(customer("100423"))
    assert await desk.register.standing("fjarr", "50011") is not None


async def test_a_company_whose_rows_are_all_bad_is_still_named(desk: Desk) -> None:
    """A broken column is a register that shrinks to nothing, not one that was left out."""
    await desk.run(customer("100423"))
    assert refusals(await desk.run(customer("100423", protected="nej"))) == [Objection.SHRINKS]


@pytest.mark.parametrize(("left", "is_refused"), [(95, False), (94, True)])
async def test_a_shrinking_register_is_refused(desk: Desk, left: int, is_refused: bool) -> None:
    """More than 5 % fewer customers is rather a broken export."""
    await desk.run(population(100))
    outcome = await desk.run(population(left))
    assert isinstance(outcome, ImportRefused) is is_refused
    if is_refused:
        assert refusals(outcome) == [Objection.SHRINKS]
        assert isinstance(await desk.run(population(left), force=True), Imported)


@pytest.mark.parametrize(
    "changed", [{"status": "closed"}, {"protected": "1"}, {"kind": ""}], ids=str
)
async def test_many_changes_of_standing_are_refused(desk: Desk, changed: dict[str, str]) -> None:
    """More than 1 % at once is rather a shifted column. One in a hundred is an ordinary day."""
    await desk.run(population(100))
    one = customer("100000", **changed)
    rest = population(100).split("\n", 1)[1]
    assert isinstance(await desk.run(one + rest), Imported)
    two = customer("100001", **changed) + customer("100002", **changed)
    rest = population(100).split("\n", 3)[3]
    outcome = await desk.run(one + two + rest)
    assert refusals(outcome) == [Objection.STANDINGS]
    assert isinstance(await desk.run(one + two + rest, force=True), Imported)


async def test_rows_that_contradict_each_other_are_refused(desk: Desk) -> None:
    """Which of the two is true cannot be guessed when one of them says protected."""
    rows = customer("100423") + customer("100423", protected="1")
    assert refusals(await desk.run(rows)) == [Objection.CONTRADICTS]
    assert isinstance(await desk.run(rows, force=True), Imported)


async def test_an_import_that_was_overtaken_is_refused(desk: Desk) -> None:
    """What was compared with is not current any more, so the comparison is worth nothing."""
    await desk.run(customer("100423"))
    slow = desk.use_case
    flip = slow.index.current
    calls = 0

    async def overtaken(company: str) -> object:
        nonlocal calls
        calls += 1
        current = await flip(company)
        return replace(current, id=current.id + 100) if calls > 1 else current

    desk.index.current = overtaken
    assert refusals(await desk.run(customer("100423"), force=True)) == [Objection.OVERTAKEN]


async def test_status_is_dated_when_it_changes(desk: Desk) -> None:
    """An unchanged status keeps its date from import to import."""
    await desk.run(customer("100423"))
    desk.now += timedelta(days=30)
    await desk.run(customer("100423"))
    standing = await desk.register.standing("elnat", "100423")
    assert standing is not None
    assert standing.status_since == TODAY
    desk.now += timedelta(days=1)
    await desk.run(customer("100423", status="closed"), force=True)
    standing = await desk.register.standing("elnat", "100423")
    assert standing is not None
    assert standing.status_since == TODAY + timedelta(days=31)


async def test_the_date_is_swedish(desk: Desk) -> None:
    """Half past eleven in the evening, UTC, is the next day in Stockholm."""
    desk.now = desk.now.replace(hour=23, minute=30)
    await desk.run(customer("100423"))
    standing = await desk.register.standing("elnat", "100423")
    assert standing is not None
    assert standing.status_since == TODAY + timedelta(days=1)


async def test_a_first_import_counts_contacts_as_old(desk: Desk) -> None:
    """Nobody knows since when they hold; a customer who is new later is dated."""
    await desk.run(customer("100423"))
    await desk.run(customer("100423") + customer("100424"))
    old, new = [await desk.register.contact("elnat", n) for n in ("100423", "100424")]
    assert old is not None
    assert new is not None
    assert (old.email, old.changed_on) == ("k100423@example.com", None)
    assert old.previous is new.previous is None
    assert new.changed_on == TODAY


async def test_a_changed_contact_is_dated_and_the_previous_one_kept(desk: Desk) -> None:
    """Who must warn the customer of a change needs the address from before it."""
    await desk.run(customer("100423"))
    await desk.run(customer("100423", email="ny@example.com"))
    desk.now += timedelta(days=30)
    await desk.run(customer("100423", email="NY@example.com", phone="+46 70 174 06 11"))
    await desk.run(customer("100423", email="NY@example.com", phone="+46701740611"))
    await desk.run(customer("100423", email="NY@example.com", phone="+46701740610"))
    contact = await desk.register.contact("elnat", "100423")
    assert contact is not None
    day = TODAY + timedelta(days=30)
    assert (contact.email, contact.changed_on) == ("NY@example.com", day)
    entry = desk.index.customer_rows[desk.index.pointer["elnat"]].popitem()[1]
    previous = desk.contacts.opened("elnat", "100423", entry.sealed_previous_contact)
    assert (previous.email, previous.phone) == ("ny@example.com", "070-1740610")
    assert contact.previous == previous


@pytest.mark.parametrize(("days", "is_kept"), [(1, True), (29, True), (30, False), (400, False)])
async def test_the_contact_before_goes_when_nobody_is_told_there(
    desk: Desk, days: int, is_kept: bool
) -> None:
    """It would need the master key of its day for ever: no import can seal it anew."""
    await desk.run(customer("100423"))
    await desk.run(customer("100423", email="ny@example.com"))
    desk.now += timedelta(days=days)
    await desk.run(customer("100423", email="ny@example.com"))
    contact = await desk.register.contact("elnat", "100423")
    assert contact is not None
    assert (contact.previous is not None, contact.changed_on) == (is_kept, TODAY)


@pytest.mark.parametrize("days", [0, 1, 29])
async def test_of_changes_in_a_row_the_contact_before_them_all_is_kept(
    desk: Desk, days: int
) -> None:
    """Whoever changes it twice must not hide whose it was."""
    await desk.run(customer("100423"))
    for email in ("one@example.com", "two@example.com", "three@example.com"):
        desk.now += timedelta(days=days)
        await desk.run(customer("100423", email=email))
    contact = await desk.register.contact("elnat", "100423")
    assert contact is not None
    assert contact.previous is not None
    assert (contact.email, contact.previous.email) == ("three@example.com", "k100423@example.com")


@pytest.mark.parametrize(("moved", "changed"), [(10, 10), (10, 11), (10, 39), (11, 10), (12, 10)])
async def test_at_a_move_the_contact_before_is_not_kept(
    desk: Desk, moved: int, changed: int
) -> None:
    """It is of whoever had the number before; move and contact are told in either order."""
    await desk.run(customer("100423"))
    began, day = desk.now, (TODAY + timedelta(days=moved)).isoformat()
    for after in sorted({moved, changed}):
        desk.now = began + timedelta(days=after)
        email = "new@example.com" if after >= changed else "k100423@example.com"
        evidence_from = day if after >= moved else ""
        await desk.run(customer("100423", email=email, evidence_from=evidence_from))
    contact = await desk.register.contact("elnat", "100423")
    assert contact is not None
    assert (contact.email, contact.previous) == ("new@example.com", None)


@pytest.mark.parametrize("later", [1, 10, 29, 40])
async def test_after_a_move_the_new_holders_contact_is_kept(desk: Desk, later: int) -> None:
    """Whoever turns it then must not hide it."""
    moved = TODAY.isoformat()
    await desk.run(customer("100423"))
    await desk.run(customer("100423", email="new@example.com", evidence_from=moved))
    desk.now += timedelta(days=later)
    for _ in range(2):
        await desk.run(customer("100423", email="turned@example.com", evidence_from=moved))
    contact = await desk.register.contact("elnat", "100423")
    assert contact is not None
    assert contact.previous is not None
    assert (contact.email, contact.previous.email) == ("turned@example.com", "new@example.com")


async def test_a_move_of_long_ago_that_is_told_now_changes_nothing(desk: Desk) -> None:
    """A column that was added, or set right."""
    await desk.run(customer("100423"))
    desk.now += timedelta(days=40)
    await desk.run(customer("100423", email="one@example.com"))
    desk.now += timedelta(days=5)
    await desk.run(customer("100423", email="one@example.com", evidence_from="2019-01-01"))
    contact = await desk.register.contact("elnat", "100423")
    assert contact is not None
    assert contact.previous is not None
    assert contact.previous.email == "k100423@example.com"


async def test_a_contact_that_began_empty_is_no_earlier_one(desk: Desk) -> None:
    """There is nobody to tell there: the first that reaches somebody is kept."""
    await desk.run(customer("100423", email="", phone="", name=""))
    for email in ("one@example.com", "two@example.com"):
        await desk.run(customer("100423", email=email))
    contact = await desk.register.contact("elnat", "100423")
    assert contact is not None
    assert contact.previous is not None
    assert contact.previous.email == "one@example.com"


@pytest.mark.parametrize(
    "written", [{"email": "K100423@Example.COM"}, {"phone": "0701 740 610"}, {"name": "T. Ekblad"}]
)
async def test_the_same_contact_written_otherwise_is_no_change(
    desk: Desk, written: dict[str, str]
) -> None:
    """What reaches the same person is the same contact; the new way of writing it is kept."""
    await desk.run(customer("100423"))
    await desk.run(customer("100423", **written))
    contact = await desk.register.contact("elnat", "100423")
    assert contact is not None
    assert contact.changed_on is None
    assert written.items() <= {
        "name": contact.name, "email": contact.email, "phone": contact.phone
    }.items()  # fmt: skip


async def test_an_unusable_address_is_left_out(desk: Desk) -> None:
    """Billing systems hold notes where an address should be; the customer still counts."""
    outcome = await desk.run(customer("100423", email="saknas, ring!"), strict=True)
    assert isinstance(outcome, Imported)
    contact = await desk.register.contact("elnat", "100423")
    assert contact is not None
    assert contact.email == ""
    assert desk.told == [
        "customers.csv line 2: email is not an e-mail address; the row counts, without it"
    ]


async def test_a_missing_customer_ends_no_link(desk: Desk) -> None:
    """Nothing is written about links; the customer is just not known for the moment."""
    await desk.run(population(100))
    desk.links.links.append(link("100000", "p_1"))
    await desk.run(population(100).split("\n", 1)[1])
    assert await desk.register.standing("elnat", "100000") is None
    assert desk.sessions.ended == []
    assert len(desk.links.links) == 1


def link(number: str, person: str) -> Link:
    """A person's link to a customer."""
    return Link(
        id=f"l_{person}",
        person=person,
        customer=Customer(f"c_{number}", "elnat", number),
        relation=Relation.HOLDER,
        proof=Proof.INVOICE,
        proved_with=IdentityKey("https://idp.example", person),
        linked_at=Desk().now,
    )


def delegation(number: str, person: str) -> Delegation:
    """A person's delegation of a customer."""
    return Delegation(
        id=f"d_{person}",
        delegate=person,
        customer=Customer(f"c_{number}", "elnat", number),
        basis=Proof.INVOICE,
        actions=("invoices:read",),
        started_at=Desk().now,
        expires_at=Desk().now + timedelta(days=300),
    )


@pytest.mark.parametrize("changed", [{"status": "deceased"}, {"protected": "1"}], ids=str)
async def test_everybody_of_a_newly_suspended_customer_is_signed_out(
    desk: Desk, changed: dict[str, str]
) -> None:
    """Holder and delegate alike, once, and it is in the audit trail without the number."""
    rest = population(100).split("\n", 1)[1]
    await desk.run(population(100))
    desk.links.links += [link("100000", "p_holder"), link("100001", "p_other")]
    desk.delegations.delegations.append(delegation("100000", "p_helper"))
    outcome = await desk.run(customer("100000", **changed) + rest)
    assert isinstance(outcome, Imported)
    assert sorted(desk.sessions.ended) == ["p_helper", "p_holder"]
    assert (outcome.companies[0].newly_suspended, outcome.companies[0].sessions_ended) == (1, 2)
    suspended = [event for event in desk.audit.events if event.kind == "customer_suspended"]
    assert [event.customer for event in suspended] == ["c_100000"]
    assert "100000" not in repr([event.facts for event in desk.audit.events])
    desk.sessions.ended.clear()
    await desk.run(customer("100000", **changed) + rest)
    assert desk.sessions.ended == []


async def test_an_import_can_be_taken_back(desk: Desk) -> None:
    """The register before it answers again; sessions that it ended stay ended."""
    await desk.run(customer("100423"), invoice("100423", "4711023"))
    desk.links.links.append(link("100423", "p_1"))
    await desk.run(customer("100423", status="deceased"), force=True)
    assert await desk.register.find_invoice("elnat", "100423", "4711023") is None
    assert await desk.take_back() is not None
    standing = await desk.register.standing("elnat", "100423")
    assert standing is not None
    assert standing.status is CustomerStatus.ACTIVE
    assert await desk.register.find_invoice("elnat", "100423", "4711023") is not None
    assert desk.sessions.ended == ["p_1"]
    assert desk.audit.events[-1].kind == "register_taken_back"
    assert len(desk.index.kept) == 1


async def test_only_one_import_can_be_taken_back(desk: Desk) -> None:
    """The generation before the previous one is not kept; and there may be none."""
    assert await desk.take_back() is None
    for _ in range(4):
        await desk.run(customer("100423"))
    assert len(desk.index.kept) == 2
    assert await desk.take_back() is not None
    assert await desk.take_back() is None


async def test_what_a_broken_off_import_left_is_discarded_the_day_after(desk: Desk) -> None:
    """Not sooner: it could be an import that runs at the same time."""
    await desk.run(customer("100423"))
    left = await desk.index.open_generation("elnat", at=desk.now, pepper="2026")
    await desk.run(customer("100423"))
    assert left.id in desk.index.kept
    desk.now += timedelta(days=2)
    await desk.run(customer("100423"))
    assert left.id not in desk.index.kept


async def test_what_a_broken_off_import_left_goes_with_the_next_one(desk: Desk) -> None:
    """Even though it is newer than the import that is kept to go back to."""
    await desk.run(customer("100423"))
    left = await desk.index.open_generation("elnat", at=desk.now, pepper="2026")
    desk.now += timedelta(days=2)
    await desk.run(customer("100423"))
    assert left.id not in desk.index.kept


async def test_a_number_that_is_two_things_counts_by_the_younger(desk: Desk) -> None:
    """An old invoice's number may be a young one's OCR number; either proves."""
    desk.companies["elnat"] = Company("elnat", accepts_ocr=True)
    await desk.run(
        customer("100423"),
        invoice("100423", "4711023", issued_on="2025-11-01")
        + invoice("100423", "4711999", ocr="4711023", issued_on="2026-10-01"),
    )
    found = await desk.register.find_invoice("elnat", "100423", "4711023")
    assert found == RegisteredInvoice(date(2026, 10, 1))


async def test_a_contact_opens_for_its_own_customer_only(desk: Desk) -> None:
    """Moved to another customer's row it tells nobody anything."""
    sealed = desk.contacts.sealed("elnat", "100423", Contact(email="tuva@example.com"))
    assert desk.contacts.opened("elnat", "100423", sealed).email == "tuva@example.com"
    for company, number in (("elnat", "100977"), ("fjarr", "100423")):
        with pytest.raises(NotOurs):
            desk.contacts.opened(company, number, sealed)


async def test_a_register_imported_with_an_older_pepper_still_answers(desk: Desk) -> None:
    """A new pepper hashes the next import, which carries everything over."""
    rows = customer("100423", status="closed")
    await desk.run(rows, invoice("100423", "4711023"))
    desk.peppers["2027"] = bytes(32)
    assert await desk.register.find_invoice("elnat", "100423", "4711023") is not None
    desk.now += timedelta(days=400)
    outcome = await desk.run(rows, force=True)
    assert isinstance(outcome, Imported)
    assert outcome.companies[0].standings_changed == 0
    del desk.peppers["2026"]
    standing = await desk.register.standing("elnat", "100423")
    assert standing is not None
    assert standing.status_since == TODAY
    contact = await desk.register.contact("elnat", "100423")
    assert contact is not None
    assert contact.changed_on is None


async def test_another_pepper_under_the_same_name_is_found_out(desk: Desk) -> None:
    """Nobody is met under it: who is deceased would be carried over where nobody looks for them."""
    await desk.run(population(9) + customer("100423", status="deceased"))
    desk.peppers["2026"] = bytes(32)
    assert refusals(await desk.run(population(10))) == [Objection.STRANGERS]
    assert isinstance(await desk.run(population(10), force=True), Imported)


@pytest.mark.parametrize(("kept", "is_refused"), [(50, False), (49, True)])
async def test_a_register_of_strangers_is_refused(desk: Desk, kept: int, is_refused: bool) -> None:
    """As many as before, but hardly any of them: a new billing system's numbers, most likely."""
    await desk.run(population(100))
    others = "".join(customer(f"7{number:05}") for number in range(100 - kept))
    outcome = await desk.run(population(kept) + others)
    assert isinstance(outcome, ImportRefused) is is_refused
    if is_refused:
        assert refusals(outcome) == [Objection.STRANGERS]


async def test_a_lost_pepper_is_refused_rather_than_ignored(desk: Desk) -> None:
    """Nothing can be compared then, so it takes --force, and contacts count as changed today."""
    await desk.run(customer("100423"))
    desk.peppers = {"2027": bytes(32)}
    assert refusals(await desk.run(customer("100423"))) == [Objection.PEPPER_GONE]
    assert isinstance(await desk.run(customer("100423"), force=True), Imported)
    contact = await desk.register.contact("elnat", "100423")
    assert contact is not None
    assert contact.changed_on == TODAY


async def test_a_contact_without_its_master_key_is_no_empty_contact(desk: Desk) -> None:
    """Somebody must be told, and cannot be: that is a register that cannot answer."""
    await desk.run(customer("100423"))
    desk.master_keys = {"2027": bytes(32)}
    with pytest.raises(RegisterUnavailable):
        await desk.register.contact("elnat", "100423")


async def test_a_register_without_its_pepper_cannot_answer(desk: Desk) -> None:
    """It does not say no to customers that it merely cannot find."""
    await desk.run(customer("100423"))
    desk.peppers = {"2027": bytes(32)}
    with pytest.raises(RegisterUnavailable):
        await desk.register.standing("elnat", "100423")
    with pytest.raises(RegisterUnavailable):
        await desk.register.standings([Customer(CustomerId("c1"), "elnat", "100423")])


async def test_standings_of_many_are_those_of_each(desk: Desk) -> None:
    """Whatever pepper each company's customers were imported under, and whoever is unknown."""
    await desk.run(customer("100423"), customer("50011", company="fjarr"))
    desk.peppers["2027"] = bytes(32)
    await desk.run(customer("50011", company="fjarr"))
    asked = [
        Customer(CustomerId(f"c-{company}-{number}"), company, number)
        for company in ("elnat", "fjarr", "varme")
        for number in ("100423", "50011")
    ]
    found = await desk.register.standings(asked)
    assert found == {
        each.id: await desk.register.standing(each.company, each.number) for each in asked
    }
    assert sorted(each for each, standing in found.items() if standing) == [
        "c-elnat-100423",
        "c-fjarr-50011",
    ]


async def test_standings_of_thousands_are_asked_by_the_thousand(desk: Desk) -> None:
    """A steward of a town's houses gets in like anybody else."""
    await desk.run(customer("100423"))
    many = [Customer(CustomerId(f"c{n}"), "elnat", str(100000 + n)) for n in range(2_500)]
    found = await desk.register.standings(many)
    assert [each for each, standing in found.items() if standing] == ["c423"]
    assert len(found) == 2_500


async def test_a_pepper_that_changes_under_a_question_does_not_hide_the_answer(desk: Desk) -> None:
    """An import flips the pointer between two look-ups of one question."""
    await desk.run(customer("100423"))
    desk.peppers["2027"] = bytes(32)
    register = desk.register
    look_up = desk.index.nearest_customer

    async def overtaken(company: str, key: bytes) -> object:
        desk.index.nearest_customer = look_up
        await desk.run(customer("100423"))
        return await look_up(company, key)

    desk.index.nearest_customer = overtaken
    assert await register.standing("elnat", "100423") is not None


@pytest.mark.parametrize(
    ("number", "evidence"), [("100423", "4711023"), ("100423", "4711024"), ("999999", "4711023")]
)
async def test_every_answer_costs_the_same_look_ups(desk: Desk, number: str, evidence: str) -> None:
    """True, wrong invoice, unknown customer: nothing to be told by counting or timing."""
    await desk.run(customer("100423"), invoice("100423", "4711023"))
    asked: list[str] = []
    for verb in ("current", "nearest_customer", "nearest_evidence"):
        original = getattr(desk.index, verb)

        async def counted(*args: object, verb: str = verb, original: object = original) -> object:
            asked.append(verb)
            return await original(*args)

        setattr(desk.index, verb, counted)
    await desk.register.find_invoice("elnat", number, evidence)
    await desk.register.standing("elnat", number)
    invoices, whose = ["nearest_evidence"] * 2, ["nearest_customer"]
    assert asked == ["current", *invoices, "current", "current", *whose, "current"]


@pytest.mark.parametrize("number", ["100423", "999999", "000000"])
async def test_a_contact_costs_the_same_look_ups(desk: Desk, number: str) -> None:
    """Of anybody: codes ask for it whenever a number is typed. Another's is nobody's."""
    await desk.run(customer("100423"))
    asked: list[str] = []
    for verb in ("current", "nearest_customer"):
        original = getattr(desk.index, verb)

        async def counted(*args: object, verb: str = verb, original: object = original) -> object:
            asked.append(verb)
            return await original(*args)

        setattr(desk.index, verb, counted)
    found = await desk.register.contact("elnat", number)
    assert (found is not None) is (number == "100423")
    assert asked == ["current", "nearest_customer", "current"]


async def test_progress_ends_at_the_end_of_each_file(desk: Desk) -> None:
    """Whoever watches sees each file reach its size, and its rows reach the register."""
    await desk.run(population(3000), invoice("100000", "4711023"))
    assert desk.progress[0][0] == "customers.csv"
    assert 0 < desk.progress[0][1] < desk.progress[0][2]
    assert [step[0] for step in desk.progress if step[1] == step[2]] == [
        "customers.csv",
        "customers.csv → register",
        "invoices.csv",
        "invoices.csv → register",
    ]


async def test_customers_beyond_what_is_remembered_are_known_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What there is no room for is asked of the index."""
    monkeypatch.setattr(known_numbers, "ROOM", 0)
    rows = "".join(invoice(str(100_000 + place), str(7_000 + place)) for place in range(12))
    outcome = await desk.run(population(10), rows)
    assert isinstance(outcome, Imported)
    assert outcome.companies[0].proving == 10
    assert [finding.line for finding in desk.findings] == [12, 13]


async def test_duplicates_are_found_across_batches(desk: Desk) -> None:
    """However far apart the two rows are."""
    outcome = await desk.run(population(10_001) + customer("100000"))
    assert isinstance(outcome, Imported)
    assert outcome.companies[0].customers == 10_001
    assert [finding.line for finding in desk.findings] == [10_003]


def test_hashes_differ_by_question_company_and_customer() -> None:
    """No two questions can ever mean the same entry."""
    keys = Peppers.of({"a": bytes(32)}).newest
    made = {
        keys.customer("elnat", "12"),
        keys.customer("fjarr", "12"),
        keys.evidence("elnat", "12", Recipe.INVOICE, "3"),
        keys.evidence("elnat", "1", Recipe.INVOICE, "23"),
        keys.evidence("elnat", "12", Recipe.OCR, "3"),
        keys.evidence("fjarr", "12", Recipe.INVOICE, "3"),
        Peppers.of({"a": b"x" * 32}).newest.customer("elnat", "12"),
    }
    assert len(made) == 7
    assert {len(key) for key in made} == {16}


def test_a_short_pepper_is_refused() -> None:
    """A pepper that can be guessed protects nothing."""
    with pytest.raises(ValueError, match="shorter than 32 bytes: weak"):
        Peppers.of({"weak": b"x" * 31})


async def test_an_export_that_lost_its_invoices_is_refused(desk: Desk) -> None:
    """Customers as before and hardly an invoice: nobody new could be connected."""
    everybody = customer("100423") + customer("100424")
    invoices = invoice("100423", "4711023") + invoice("100424", "4711024")
    await desk.run(everybody, invoices + invoice("100424", "4711025"))
    refused = await desk.run(everybody, invoice("100423", "4711023"))
    assert isinstance(refused, ImportRefused)
    assert [one.objection for one in refused.objections] == [Objection.FEWER_INVOICES]
    assert await desk.register.find_invoice("elnat", "100424", "4711024") is not None
    assert isinstance(await desk.run(everybody, force=True), Imported)
