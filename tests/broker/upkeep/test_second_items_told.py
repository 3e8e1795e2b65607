"""What an operator is told of second items: why nothing more can be asked for, and what to do."""

import pytest

from broker.registers.bearing import Bearing
from broker.storage.register_ports import SecondItems
from broker.upkeep.finding import Outcome
from broker.upkeep.second_items import judge_second_item
from linking.ladder import Ladder, Level

ITEM = "amount_and_due_date"
BEGUN = Ladder(private=Level.SECOND_ITEM)


@pytest.mark.parametrize(
    ("said", "ladder", "is_imported", "outcome", "what", "remedy"),
    [
        (SecondItems(ITEM), Ladder(), True, Outcome.OK, "every invoice", ""),
        (SecondItems(ITEM, 0, 9), Ladder(), True, Outcome.OK, "every invoice", ""),
        (SecondItems(ITEM, 1_234), Ladder(), True, Outcome.WARNING, "1,234 invoices", "export"),
        (SecondItems(ITEM, 5), BEGUN, True, Outcome.WARNING, "by a code alone", "export"),
        (
            SecondItems(ITEM, 0, 9), Ladder(organisation=Level.INVOICE), False,
            Outcome.WARNING, "9 invoices", "export",
        ),
        (SecondItems("ocr"), Ladder(), True, Outcome.WARNING, "imported for another", "import"),
        (SecondItems("ocr"), BEGUN, True, Outcome.ERROR, "nobody new can connect", "import"),
        (SecondItems("ocr"), BEGUN, False, Outcome.WARNING, "read for another", "register read"),
        (None, Ladder(), True, Outcome.WARNING, "nobody knows", "register import"),
        (None, Ladder(), False, Outcome.WARNING, "nobody knows", "register read"),
    ],
)  # fmt: skip
def test_each_cause_has_its_remedy(
    *,
    said: SecondItems | None,
    ladder: Ladder,
    is_imported: bool,
    outcome: Outcome,
    what: str,
    remedy: str,
) -> None:
    """An error only where what customers begin with was never imported."""
    found = judge_second_item(Bearing("elnat", ladder, is_imported, said))
    assert found.outcome is outcome
    assert what in found.what
    assert remedy in found.remedy
