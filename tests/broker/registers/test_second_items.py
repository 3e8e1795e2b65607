"""What else stands on an invoice: what the export says and what people type meet."""

import pytest

from linking.company import Company
from linking.ladder import Ladder, SecondItem
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
