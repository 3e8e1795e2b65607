"""How an audit reads a register: exactly as an import does, whatever stands in it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.registers.audit import columns
from broker.registers.audit.auditing import RegisterAudit
from broker.registers.audit.contacts import takes_texts
from broker.registers.audit.export_rows import ExportRows
from broker.registers.audit.figures import Figures
from broker.registers.audit.rows import InvoiceColumns, by_columns
from broker.registers.audit.taking import Taking
from broker.registers.batches import Reading
from broker.registers.customers_file import CustomerRow
from broker.registers.findings import Finding, FindingTally
from broker.registers.invoices_file import LAYOUT, InvoiceRow, read_invoice
from broker.registers.numbers import (
    all_customer_numbers_of,
    all_invoice_numbers_of,
    customer_number,
    invoice_number,
)
from broker.registers.second_items import all_ore_of, ore_of
from linking.company import Company
from linking.days import STOCKHOLM
from linking.evidence import is_past_invoice
from linking.ladder import Ladder, Way
from linking.model import CustomerKind, CustomerStatus, Standing
from linking.ports import RegisteredInvoice
from linking.typed.numbers import NumberFormat
from linking.typed.paper import read_amount
from tests.broker.registers.audited import TODAY, Invented, at_random, shuffled
from tests.broker.registers.desk import CUSTOMERS, INVOICES, customer, invoice, source

FORMATS = st.builds(
    NumberFormat,
    digits_only=st.booleans(),
    shortest=st.integers(1, 4),
    longest=st.integers(5, 12),
    zeros=st.sampled_from(["strip", "keep", 7]),
)
AS_EXPORTED = st.one_of(
    st.text("0123456789", min_size=1, max_size=14),
    st.text("0123456789OIl -.#FaktuNr", max_size=14),
    st.text(max_size=70),
)
COMPANIES = {"elnat": Company("elnat"), "varme": Company("varme")}


@given(FORMATS, st.lists(AS_EXPORTED, max_size=20))
def test_numbers_are_read_as_linking_reads_them(form: NumberFormat, column: list[str]) -> None:
    """By the column as one by one, and as what somebody types: they must meet."""
    company = Company("elnat", customer_numbers=form, invoice_numbers=form)
    assert list(all_customer_numbers_of(company)(column)) == [
        customer_number(company, each) for each in column
    ]
    assert list(all_invoice_numbers_of(company)(column)) == [
        invoice_number(company, each) for each in column
    ]
    for each in column:
        typed = company.read_customer_number(each)
        if len(each) <= 64 and form.fits(typed):
            assert all_customer_numbers_of(company)([each]) == [typed]
        shown = company.read_evidence(each)
        if len(each) <= 64 and form.fits(shown):
            assert all_invoice_numbers_of(company)([each]) == [shown]


@given(st.lists(st.from_regex(r"-?[0-9]{1,11}([.,][0-9]{1,2})?", fullmatch=True) | st.text()))
def test_amounts_are_read_as_linking_reads_them(column: list[str]) -> None:
    """By the column, one by one, and from the form."""
    assert list(all_ore_of(column)) == [ore_of(each) for each in column]
    assert [ore_of(each) for each in column] == [read_amount(each) for each in column]


CELLS = {
    "company": st.sampled_from(["elnat", "varme", "nobody", ""]),
    "number": st.sampled_from(["100423", "0100423", "100 423", "Kundnr 7", '"100;423"', ""]),
    "invoice": st.sampled_from(["4711023", "47-11", "å", ""]),
    "ocr": st.sampled_from(["", "471102304"]),
    "issued_on": st.sampled_from(["2026-10-01", "2026-02-30", "", "20261001"]),
    "due_on": st.sampled_from(["2026-10-31", "", "soon"]),
    "amount": st.sampled_from(["1250,45", "1 250,45", "-80", "1250.4", "much", ""]),
    "type": st.sampled_from(["invoice", "Invoice", "credit", "bill", ""]),
}


def as_lists(found: Iterable[InvoiceColumns]) -> list[list[object]]:
    """Columns by company, whatever holds them."""
    return sorted(
        [[each if isinstance(each, str) else list(each) for each in one] for one in found]
    )


LINES = st.lists(
    st.one_of(
        st.just(invoice("100423", "4711023")),
        st.tuples(*CELLS.values()).map(lambda cells: ";".join(cells) + "\n"),
        st.sampled_from(["\n", "too;few\n", '"open;quote\n', "a\x01b\n", "sp ; ce\n"]),
    ),
    max_size=8,
)


@given(LINES, st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]), st.booleans())
def test_a_block_by_columns_is_what_its_rows_are(
    lines: list[str], encoding: str, with_commas: bool
) -> None:
    """The quick way and the import's own: the same rows, the same findings, for every export."""
    text = INVOICES + "".join(lines)
    raw = (text.replace(",", ".").replace(";", ",") if with_commas else text).encode(encoding)

    def told() -> tuple[list[Finding], Reading]:
        findings: list[Finding] = []
        return findings, Reading(COMPANIES, FindingTally(findings.append), lambda *_: None)

    by_row, slowly = told()
    rows = [
        each
        for batch in slowly.batches(source("invoices.csv", raw), LAYOUT, read_invoice)
        for each in batch
    ]
    by_block, quickly = told()
    export = ExportRows(source("c", b""), source("invoices.csv", raw), quickly)
    assert as_lists(export.invoices()) == as_lists(by_columns(rows))
    assert by_block == by_row
    assert quickly.named == slowly.named


def taken(customers: str, invoices: str, company: Company | None = None) -> tuple[int, list[str]]:
    """How many papers are kept of an export, and what was told."""
    told: list[Finding] = []
    findings = FindingTally(told.append)
    known = {"elnat": company or Company("elnat")}
    reading = Reading(known, findings, lambda *_: None)
    export = ExportRows(
        source("customers.csv", CUSTOMERS + customers),
        source("invoices.csv", INVOICES + invoices),
        reading,
    )
    found = Taking(known, findings, TODAY).run(export)
    return sum(len(each.papers) for each in found.values()), [str(each) for each in told]


def test_what_cannot_count_is_told_by_line() -> None:
    """Strangers, other forms, repeated customers: by line and reason, as an import does."""
    kept, told = taken(
        customer("100423") + customer("100423") + customer("x"),
        invoice("100423", "4711023")
        + invoice("100424", "4711024")
        + invoice("100423", "1")
        + invoice("y", "4711025"),
    )
    assert kept == 1
    assert told == [
        "customers.csv line 3: customer_number stands in an earlier row too; the earlier counts",
        "customers.csv line 4: customer_number does not have the form configured for the company",
        "invoices.csv line 3: customer_number is not among the customers that were read",
        "invoices.csv line 5: customer_number does not have the form configured for the company",
        "invoices.csv line 4: invoice_number does not have the form configured for the company",
    ]


def audited(change: Callable[[InvoiceRow], InvoiceRow], company: Company | None = None) -> Figures:
    """A hundred customers with random numbers."""
    return Invented(100, at_random(9), change_paper=change).audited(company)


def test_credit_notes_prove_nothing() -> None:
    """They are no accepted invoices."""
    assert audited(lambda row: row._replace(proves=False)).papers == 0


def test_a_reminder_counts_from_the_day_of_its_invoice() -> None:
    """The same number twice is one paper, and the earliest day counts."""
    aged = Company("elnat", evidence_months=6)
    assert audited(lambda row: row, aged).papers == 600
    repeated = audited(lambda row: row._replace(invoice_number="47" + row.customer_number), aged)
    assert repeated.papers == 0


def test_invoices_ahead_and_before_the_customers_own_day_do_not_count() -> None:
    """Today is the last day, `evidence_from` the first."""
    ahead = audited(lambda row: row._replace(issued_on=date(2026, 11, 27)))
    assert ahead.papers == 0
    moved = Invented(
        100,
        at_random(9),
        change_customer=lambda row: row._replace(evidence_from=date(2026, 9, 1)),
    ).audited()
    assert moved.papers == 200


def test_only_those_who_can_be_linked_are_guessed_at() -> None:
    """Closed, deceased, protected, organisations: known, and nobody's target."""

    def change(row: CustomerRow) -> CustomerRow:
        match int(row.number) % 4:
            case 0:
                return row._replace(protected=True)
            case 1:
                return row._replace(status=CustomerStatus.CLOSED)
            case 2:
                return row._replace(kind=CustomerKind.ORGANISATION)
        return row

    found = Invented(100, change_customer=change)
    figures = found.audited()
    assert figures.customers == 100
    assert figures.linkable == {"private": 25, "organisation": 25}
    assert figures.targets == 25
    assert found.findings == []


@pytest.mark.parametrize(
    ("ways", "unreachable"),
    [({Way.EMAIL}, 0.5), ({Way.EMAIL, Way.SMS}, 0.25), ({Way.LETTER}, 0.0), (set(), 1.0)],
)
def test_who_cannot_be_sent_a_code_depends_on_the_ways(ways: set[Way], unreachable: float) -> None:
    """Half have an address, half a mobile phone, a letter reaches everybody."""

    def change(row: CustomerRow) -> CustomerRow:
        place = int(row.number) % 4
        return row._replace(
            email=row.email if place & 1 else "see note",
            phone=row.phone if place & 2 else "08-465 004 00",
        )

    figures = Invented(100, change_customer=change).audited(
        Company("elnat", ladder=Ladder(ways=frozenset(ways)))
    )
    assert figures.unreachable == unreachable
    assert figures.without_contact == {"email": 0.5, "sms": 0.5}


@pytest.mark.parametrize(
    ("phone", "takes"),
    [
        ("070-174 06 10", True), ("+46 70 174 06 10", True), ("+46 (0)70-1740610", True),
        ("0046701740610", True), ("08-465 004 00", False), ("+47 400 00 000", True),
        ("0047 40000000", True), ("call in the evening", False), ("", False),
    ],
)  # fmt: skip
def test_mobile_numbers_take_texts(phone: str, takes: bool) -> None:
    """Swedish ones are known by their beginning, others are believed."""
    assert takes_texts(phone) is takes


def test_a_register_too_large_is_looked_at_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Customers are let go of by lot; counts are estimated, and the odds stay what they are."""
    whole = Invented(4_000, shuffled).audited()
    monkeypatch.setattr(columns, "MOST_CUSTOMERS", 3_000)
    monkeypatch.setattr(columns, "MOST_PAPERS", 20_000)
    found = Invented(4_000, shuffled)
    part = found.audited()
    assert part.one_in >= 4
    assert part.targets * part.one_in == part.customers == pytest.approx(4_000, rel=0.2)
    assert part.papers_each == whole.papers_each
    assert part.first["range"].value == pytest.approx(whole.first["range"].value, rel=0.05)
    assert found.findings == []


def test_two_companies_are_two_registers() -> None:
    """The same number at a sister company is another customer."""
    told: list[Finding] = []
    findings = FindingTally(told.append)
    both = customer("100423") + customer("100423", company="varme")
    papers = invoice("100423", "4711023") + invoice("100423", "4711023", company="varme")
    export = ExportRows(
        source("c", CUSTOMERS + both),
        source("i", INVOICES + papers),
        Reading(COMPANIES, findings, lambda *_: None),
    )
    found = Taking(COMPANIES, findings, TODAY).run(export)
    assert {name: len(each.papers) for name, each in found.items()} == {"elnat": 1, "varme": 1}
    assert told == []


PAPERS = st.lists(
    st.tuples(
        st.sampled_from(["100423", "100424", "100425"]),
        st.sampled_from(["4711", "4712", "4713"]),
        st.integers(-50, 460),
        st.booleans(),
    ),
    max_size=20,
)


@given(PAPERS, st.dictionaries(st.sampled_from(["100423", "100424"]), st.integers(0, 500)))
def test_what_is_accepted_is_what_linking_accepts(
    papers: list[tuple[str, str, int, bool]], moved: dict[str, int]
) -> None:
    """Of each customer's numbers, those whose earliest paper `is_past_invoice` says yes to."""
    company, noon = Company("elnat"), datetime(2026, 11, 26, 12, tzinfo=STOCKHOLM)
    evidence_from = {each: TODAY - timedelta(days=ago) for each, ago in moved.items()}
    earliest: dict[tuple[str, str], date] = {}
    for number, paper, ago, proves in papers:
        day = TODAY - timedelta(days=ago)
        if proves:
            earliest[number, paper] = min(earliest.get((number, paper), day), day)
    expected = sum(
        is_past_invoice(
            RegisteredInvoice(day),
            Standing(
                CustomerKind.PRIVATE,
                CustomerStatus.ACTIVE,
                TODAY,
                protected=False,
                evidence_from=evidence_from.get(number),
            ),
            company,
            now=noon,
        )
        for (number, _), day in earliest.items()
    )
    rows = [
        invoice(
            number,
            paper,
            issued_on=(TODAY - timedelta(days=ago)).isoformat(),
            type="invoice" if proves else "credit",
        )
        for number, paper, ago, proves in papers
    ]
    customers = [
        customer(n, evidence_from=str(evidence_from.get(n, "")))
        for n in ("100423", "100424", "100425")
    ]
    known, findings = {"elnat": company}, FindingTally(lambda _: None)
    export = ExportRows(
        source("c", CUSTOMERS + "".join(customers)),
        source("i", INVOICES + "".join(rows)),
        Reading(known, findings, lambda *_: None),
    )
    (figures,) = RegisterAudit(known, TODAY).run(export, findings)
    assert figures.papers == expected
