"""What else stands on an invoice: what the export says and what people type meet."""

from dataclasses import replace

import pytest

from broker.registers.importing import Imported
from broker.storage.register_ports import SecondItems
from linking.company import Company
from linking.ladder import Ladder, SecondItem
from linking.model import CustomerKind
from linking.typed.paper import TypedItem, read_item
from tests.broker.registers.desk import CUSTOMERS, INVOICES, Desk, customer, invoice


@pytest.mark.parametrize(
    ("item", "row", "typed"),
    [
        (
            SecondItem.AMOUNT_AND_DUE_DATE,
            {"amount": "1234,50", "due_on": "2026-10-31"},
            TypedItem(amount="1 234,50 kr", due_date="31 oktober 2026"),
        ),
        (
            SecondItem.AMOUNT_AND_DUE_DATE,
            {"amount": "-123,45", "due_on": "2026-10-31"},
            TypedItem(amount="−123,45 kr", due_date="2026-10-31"),
        ),
        (
            SecondItem.AMOUNT_AND_DUE_DATE,
            {"amount": "\u22121 123.45", "due_on": "2026-10-31"},
            TypedItem(amount="1123,45-", due_date="2026-10-31"),
        ),
        (SecondItem.OCR, {"ocr": "00471102392"}, TypedItem(ocr="#00 471 102 392#")),
        (SecondItem.OCR, {"ocr": "471102392"}, TypedItem(ocr="00471102392")),
        (SecondItem.PRINTED_CODE, {"code": "7kq2-m9xr"}, TypedItem(code="7KQ2 M9XR")),
    ],
)
async def test_what_is_typed_meets_what_was_imported(
    item: SecondItem, row: dict[str, str], typed: TypedItem
) -> None:
    """However either is written; and something else does not."""
    desk = Desk()
    desk.companies = {"elnat": Company("elnat", ladder=Ladder(second_item=item))}
    rows = invoice("100423", "4711023", **{"code": "", **row})
    header = INVOICES.replace("\n", ";code\n")
    await desk.run(CUSTOMERS + customer("100423"), header + rows, headers=False)
    said = read_item(item, typed)
    assert said
    found = await desk.register.find_invoice("elnat", "100423", "4711023", said)
    assert found is not None
    assert found.second_holds is True
    other = await desk.register.find_invoice("elnat", "100423", "4711023", f"{said}1")
    assert other is not None
    assert other.second_holds is False


async def test_an_invoice_without_the_item_holds_for_nothing() -> None:
    """Not even for nothing."""
    desk = Desk()
    desk.companies = {"elnat": Company("elnat", ladder=Ladder(second_item=SecondItem.OCR))}
    await desk.run(customer("100423"), invoice("100423", "4711023", ocr=""))
    for said in ("", "471102392"):
        found = await desk.register.find_invoice("elnat", "100423", "4711023", said)
        assert found is not None
        assert found.second_holds is False


PRIVATE, ORGANISATION = CustomerKind.PRIVATE, CustomerKind.ORGANISATION
EVERYBODY = frozenset(CustomerKind)
SOLD_TO = customer("100423") + customer("200423", kind="organisation")


async def imported(desk: Desk, *rows: str, **mode: bool) -> dict[CustomerKind, int]:
    """What the report says of `elnat`'s invoices without a second item."""
    outcome = await desk.run(SOLD_TO, "".join(rows), **mode)
    assert isinstance(outcome, Imported)
    return dict(outcome.companies[0].without_second)


def desk_for(item: SecondItem) -> Desk:
    """`elnat` asks for this item."""
    desk = Desk()
    desk.companies = {"elnat": Company("elnat", ladder=Ladder(second_item=item))}
    return desk


async def test_where_every_invoice_bears_the_item_it_can_be_asked_for() -> None:
    """Of both classes; a negative amount is one too."""
    desk = Desk()
    rows = (
        invoice("100423", "4711001"),
        invoice("100423", "4711002", amount="-80"),
        invoice("200423", "4711003"),
    )
    assert await imported(desk, *rows) == {}
    assert await desk.register.with_second("elnat") == EVERYBODY


@pytest.mark.parametrize(
    ("item", "changed"),
    [
        (SecondItem.AMOUNT_AND_DUE_DATE, {"due_on": ""}),
        (SecondItem.AMOUNT_AND_DUE_DATE, {"amount": "1234567890"}),
        (SecondItem.AMOUNT_AND_DUE_DATE, {"due_on": "2099-12-31"}),
        (SecondItem.AMOUNT_AND_DUE_DATE, {"due_on": "1900-01-01"}),
        (SecondItem.OCR, {"ocr": ""}),
        (SecondItem.OCR, {"ocr": "000"}),
        (SecondItem.PRINTED_CODE, {}),  # the export has no such column
    ],
)
async def test_one_invoice_without_the_item_is_told_and_its_class_asked_for_none(
    item: SecondItem, changed: dict[str, str]
) -> None:
    """What nobody can type into the form is as good as missing; the other class has its own."""
    desk = desk_for(item)
    sound = {"ocr": "471102392"}
    rows = invoice("100423", "4711001", **(sound | changed)), invoice("200423", "4711002", **sound)
    told = await imported(desk, *rows)
    asked = await desk.register.with_second("elnat")
    if item is SecondItem.PRINTED_CODE:
        assert (told, asked) == ({PRIVATE: 1, ORGANISATION: 1}, frozenset())
    else:
        assert (told, asked) == ({PRIVATE: 1}, {ORGANISATION})


@pytest.mark.parametrize("changed", [{"status": "closed"}, {"protected": "1"}])
async def test_nobody_misses_it_who_cannot_be_linked(changed: dict[str, str]) -> None:
    """Nor on a paper that proves nothing: a credit note, or one that is too old."""
    desk = Desk()
    rows = (
        invoice("100423", "4711001", due_on=""),
        invoice("100424", "4711002", due_on="", type="credit"),
        invoice("100424", "4711003", due_on="", issued_on="2025-01-01"),
        invoice("100424", "4711004"),
    )
    customers = customer("100423", **changed) + customer("100424")
    outcome = await desk.run(customers, "".join(rows))
    assert isinstance(outcome, Imported)
    assert outcome.companies[0].without_second == {}
    assert await desk.register.with_second("elnat") == EVERYBODY


@pytest.mark.parametrize("reminded_on", ["2026-10-01", "2026-10-20"])
async def test_a_reminder_counts_by_its_invoice(reminded_on: str) -> None:
    """The same number: what stands on the invoice can be typed."""
    desk = Desk()
    reminder = invoice("100423", "4711001", issued_on=reminded_on, due_on="", type="reminder")
    assert await imported(desk, reminder, invoice("100423", "4711001")) == {}
    assert await imported(desk, reminder, invoice("100423", "4711002"), force=True) == {PRIVATE: 1}


async def test_letters_in_customer_numbers_do_not_hide_a_class() -> None:
    """Also of numbers that only the register itself can tell."""
    desk = Desk()
    numbers = Company("elnat").customer_numbers
    desk.companies = {"elnat": Company("elnat", replace(numbers, digits_only=False))}
    outcome = await desk.run(
        customer("AB423", kind="organisation"), invoice("AB423", "4711001", due_on="")
    )
    assert isinstance(outcome, Imported)
    assert outcome.companies[0].without_second == {ORGANISATION: 1}


async def test_another_item_than_was_imported_is_asked_of_nobody() -> None:
    """Until the next import; one that is taken back counts as what it was made for."""
    desk = desk_for(SecondItem.AMOUNT_AND_DUE_DATE)
    await imported(desk, invoice("100423", "4711001", ocr="471102392"))
    desk.companies = desk_for(SecondItem.OCR).companies
    assert await desk.register.with_second("elnat") == frozenset()
    await imported(desk, invoice("100423", "4711001", ocr="471102392"))
    assert await desk.register.with_second("elnat") == EVERYBODY
    await desk.take_back()
    assert await desk.register.with_second("elnat") == frozenset()


async def test_an_import_by_an_earlier_release_says_nothing() -> None:
    """Not known is not possible; a company without any evidence has nobody who misses it."""
    desk = Desk()
    assert await desk.register.with_second("elnat") == EVERYBODY
    await imported(desk, invoice("100423", "4711001"))
    current = await desk.index.current("elnat")
    assert current is not None
    assert current.second_items == SecondItems("amount_and_due_date")
    desk.index.kept[current.id] = replace(current, second_items=None)
    assert await desk.register.with_second("elnat") == frozenset()
