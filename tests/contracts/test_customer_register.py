"""The contract of `linking.ports.CustomerRegister`, over an import, SQL views and an API."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path

import pytest

from linking.model import Contact, CustomerId, CustomerKind, CustomerStatus, Standing
from linking.ports import RegisteredInvoice
from linking.typed.paper import amount_and_due_date
from tests.billing import Billing, CustomerRow, InvoiceRow
from tests.registers_open import NOW, OpenRegister, open_register
from tests.servers.billing_view import BillingDatabase, billing_database
from tests.servers.postgresql import PostgreSQL

TODAY = NOW.date()
FEBRUARY = date(2026, 2, 1)
KINDS = ("import", "sql", "http")


@pytest.fixture(scope="module")
def database(postgresql_server: PostgreSQL) -> Iterator[BillingDatabase]:
    """The billing system's."""
    with billing_database(postgresql_server) as opened:
        yield opened


@pytest.fixture
def billing() -> Billing:
    """Some customers, each with something of their own."""
    billing = Billing()
    billing.add(
        CustomerRow("100245"),
        CustomerRow("100246", email="inte en adress", phone="", name=""),
        CustomerRow("100300", kind="organisation"),
        CustomerRow("100301", protected="1"),
        CustomerRow("100302", status="deceased"),
        CustomerRow("100303", status="closed"),
        CustomerRow("100304", evidence_from="2026-01-15"),
        CustomerRow("100245", company="elhandel"),
        CustomerRow("300245", company="varme"),
        InvoiceRow("100245", "1007001"),
        InvoiceRow("100245", "1007001", type="reminder", issued_on="2026-02-20"),
        InvoiceRow("100245", "1007002", type="credit"),
        InvoiceRow("100245", "1007003", due_on=""),
        InvoiceRow("100246", "1007010"),
        InvoiceRow("100245", "2007001", company="elhandel", code="7KQ2-M9XR"),
        InvoiceRow("300245", "3007001", company="varme", ocr="300700117"),
        InvoiceRow("300245", "300700117", company="varme", issued_on="2025-12-01"),
        InvoiceRow("100246", "1007020", type="credit", issued_on="2026-01-01"),
        InvoiceRow("100246", "1007020"),
    )
    return billing


@pytest.fixture(params=KINDS)
async def opened(
    request: pytest.FixtureRequest, billing: Billing, database: BillingDatabase, tmp_path: Path
) -> AsyncIterator[OpenRegister]:
    """A register of each kind that knows all of it."""
    async with open_register(request.param, billing, tmp_path, database) as register:
        yield register


async def test_a_true_pair_is_found(opened: OpenRegister) -> None:
    """With the day on which the invoice was issued, also where a reminder repeats its number."""
    found = await opened.answering.find_invoice("elnat", "100245", "1007001")
    assert found == RegisteredInvoice(FEBRUARY)


@pytest.mark.parametrize(
    ("company", "number", "evidence"),
    [
        ("elnat", "100245", "1007999"),
        ("elnat", "999999", "1007001"),
        ("elnat", "100246", "1007001"),
        ("elnat", "100245", "1007002"),
        ("elnat", "100245", "2007001"),
        ("elhandel", "100245", "1007001"),
        ("elnat", "", ""),
        ("elnat", "100245'; --", "\N{REPLACEMENT CHARACTER}"),
    ],
    ids=[
        "no such invoice", "no such customer", "somebody else's", "a credit note",
        "of a sister company", "at a sister company", "nothing", "what no number has",
    ],
)  # fmt: skip
async def test_what_is_not_true_is_not_found(
    opened: OpenRegister, company: str, number: str, evidence: str
) -> None:
    """Whichever of the two is wrong."""
    assert await opened.answering.find_invoice(company, number, evidence) is None
    assert await opened.answering.find_invoice(company, number, evidence, "51250") is None


async def test_an_ocr_number_counts_where_the_company_takes_it(opened: OpenRegister) -> None:
    """As an invoice's number does, and the later of both counts; nowhere else."""
    found = await opened.answering.find_invoice("varme", "300245", "300700117")
    assert found == RegisteredInvoice(FEBRUARY)
    assert await opened.answering.find_invoice("elnat", "100245", "300700117") is None


async def test_a_credit_note_takes_nothing_from_an_invoice(opened: OpenRegister) -> None:
    """Where both have the number, the invoice's day counts."""
    found = await opened.answering.find_invoice("elnat", "100246", "1007020")
    assert found == RegisteredInvoice(FEBRUARY)


async def test_the_amount_and_the_due_date_hold_together(opened: OpenRegister) -> None:
    """Both or neither; an invoice without one of them proves nothing by it."""
    ask = opened.answering.find_invoice
    right = amount_and_due_date(51250, date(2026, 2, 28))
    assert await ask("elnat", "100245", "1007001", right) == RegisteredInvoice(
        FEBRUARY, second_holds=True
    )
    for wrong in (
        amount_and_due_date(51251, date(2026, 2, 28)),
        amount_and_due_date(51250, date(2026, 2, 27)),
        "",
    ):
        assert await ask("elnat", "100245", "1007001", wrong) == RegisteredInvoice(
            FEBRUARY, second_holds=False
        )
    assert await ask("elnat", "100245", "1007003", "") == RegisteredInvoice(
        FEBRUARY, second_holds=False
    )


async def test_a_printed_code_holds(opened: OpenRegister) -> None:
    """However it is written on the paper."""
    ask = opened.answering.find_invoice
    assert (await ask("elhandel", "100245", "2007001", "7KQ2M9XR")).second_holds is True
    assert (await ask("elhandel", "100245", "2007001", "7KQ2M9XS")).second_holds is False


async def test_what_a_customer_is(opened: OpenRegister) -> None:
    """Class, status, protection, and from when on invoices prove something."""
    standing = opened.answering.standing
    assert await standing("elnat", "100304") == Standing(
        CustomerKind.PRIVATE,
        CustomerStatus.ACTIVE,
        TODAY,
        protected=False,
        evidence_from=date(2026, 1, 15),
    )
    assert (await standing("elnat", "100300")).kind is CustomerKind.ORGANISATION
    assert (await standing("elnat", "100301")).protected
    assert (await standing("elnat", "100302")).status is CustomerStatus.DECEASED
    assert (await standing("elnat", "100303")).status is CustomerStatus.CLOSED
    assert await standing("elnat", "999999") is None
    assert await standing("elhandel", "100300") is None


async def test_who_asks_changes_no_answer(opened: OpenRegister) -> None:
    """It is for taking turns alone."""
    ask = opened.answering
    assert await ask.standing("elnat", "100301", asker=b"me") == await ask.standing(
        "elnat", "100301"
    )
    assert await ask.find_invoice("elnat", "100245", "1007001", asker=b"me") is not None
    assert await ask.contact("elnat", "100245", asker=b"me") == await ask.contact("elnat", "100245")


async def test_customers_of_several_companies_at_once(opened: OpenRegister) -> None:
    """None for one whom the register does not know."""
    asked = []
    for company, number, id_ in (
        ("elnat", "100245", "c1"), ("elhandel", "100245", "c2"), ("elnat", "100302", "c3"),
        ("elnat", "999999", "c4"), ("varme", "300245", "c5"),
    ):  # fmt: skip
        asked.append(await opened.storage.links.customer(company, number, proposed=CustomerId(id_)))
    found = await opened.answering.standings(asked)
    assert {each: one and one.status.value for each, one in found.items()} == {
        "c1": "active", "c2": "active", "c3": "deceased", "c4": None, "c5": "active",
    }  # fmt: skip
    assert await opened.answering.standings([]) == {}


async def test_a_contact_as_it_is_on_file(opened: OpenRegister) -> None:
    """An address that can be none is left out; no contact is not the same as no customer."""
    contact = opened.answering.contact
    assert await contact("elnat", "100245") == Contact(
        "Tuva Ekblad", "kund@brev.example", "070-174 06 05"
    )
    assert await contact("elnat", "100246") == Contact()
    assert await contact("elnat", "999999") is None


async def test_a_linked_customers_changed_contact_is_dated(opened: OpenRegister) -> None:
    """Dated when first seen, with the one before it; those of the beginning count as old."""
    customer = await opened.storage.links.customer("elnat", "100245", proposed=CustomerId("c1"))
    await opened.answering.standings([customer])
    opened.clock.advance(days=30)
    opened.billing.change("100245", email="ny@brev.example")
    await opened.refresh()
    changed = await opened.answering.contact("elnat", "100245")
    before = Contact("Tuva Ekblad", "kund@brev.example", "070-174 06 05")
    day = opened.clock().date()
    assert changed == Contact("Tuva Ekblad", "ny@brev.example", "070-174 06 05", day, before)


async def test_how_many_customers_there_are(opened: OpenRegister) -> None:
    """Of all companies together."""
    if opened.registers.readings:
        await opened.read()
    assert await opened.answering.size() == 9
