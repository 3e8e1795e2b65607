"""Which invoices prove something, and which customers can be linked by one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from linking.days import months_from, swedish_day
from linking.evidence import is_linkable, is_past_invoice, proves
from linking.ladder import Ladder, Level
from linking.model import CustomerKind, CustomerStatus
from linking.ports import RegisteredInvoice
from tests.linking.fakes import ACTIVE, ELNAT, NOW


@pytest.mark.parametrize(
    ("standing", "linkable"),
    [
        (ACTIVE, True),
        (replace(ACTIVE, kind=CustomerKind.ORGANISATION), False),
        (replace(ACTIVE, status=CustomerStatus.CLOSED), False),
        (replace(ACTIVE, status=CustomerStatus.DECEASED), False),
        (replace(ACTIVE, protected=True), False),
    ],
)
def test_only_private_active_unprotected_customers(standing: object, linkable: bool) -> None:
    """Everybody else comes in another way."""
    assert is_linkable(standing, ELNAT, Level.INVOICE) is linkable  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("begins", "given", "linkable"),
    [
        (Level.INVOICE, Level.INVOICE, True),
        (Level.INVOICE, Level.SECOND_ITEM, True),
        (Level.SECOND_ITEM, Level.INVOICE, False),
        (Level.CODE, Level.SECOND_ITEM, False),
        (Level.CODE, Level.CODE, True),
    ],
)
def test_each_class_begins_where_its_company_says(
    begins: Level, given: Level, *, linkable: bool
) -> None:
    """Less than that proves nothing, for organisations and private customers each by theirs."""
    strict = replace(ELNAT, ladder=Ladder(private=begins, organisation=Level.CODE))
    assert is_linkable(ACTIVE, strict, given) is linkable
    open_to_all = replace(ELNAT, ladder=Ladder(private=Level.CODE, organisation=begins))
    organisation = replace(ACTIVE, kind=CustomerKind.ORGANISATION)
    assert is_linkable(organisation, open_to_all, given) is linkable


@pytest.mark.parametrize(
    ("issued_on", "counts"),
    [
        (date(2026, 3, 10), True),
        (date(2026, 3, 11), False),
        (date(2025, 1, 10), True),
        (date(2025, 1, 9), False),
    ],
)
def test_an_invoice_counts_for_fourteen_months(issued_on: date, counts: bool) -> None:
    """From the day it was issued; not one dated ahead."""
    assert is_past_invoice(RegisteredInvoice(issued_on), ACTIVE, ELNAT, now=NOW) is counts


def test_the_months_are_the_companys() -> None:
    """A company may be stricter."""
    invoice = RegisteredInvoice(date(2026, 1, 9))
    assert not is_past_invoice(invoice, ACTIVE, replace(ELNAT, evidence_months=2), now=NOW)
    assert is_past_invoice(invoice, ACTIVE, replace(ELNAT, evidence_months=3), now=NOW)


@pytest.mark.parametrize(
    ("issued_on", "counts"), [(date(2026, 1, 31), False), (date(2026, 2, 1), True)]
)
def test_invoices_from_before_a_move_prove_nothing(issued_on: date, counts: bool) -> None:
    """Whoever lived there before still has them."""
    moved = replace(ACTIVE, evidence_from=date(2026, 2, 1))
    assert is_past_invoice(RegisteredInvoice(issued_on), moved, ELNAT, now=NOW) is counts


def test_a_move_long_ago_makes_no_invoice_younger() -> None:
    """The later of the two limits holds."""
    moved = replace(ACTIVE, evidence_from=date(2020, 1, 1))
    old = RegisteredInvoice(date(2025, 1, 9))
    assert not is_past_invoice(old, moved, ELNAT, now=NOW)


def test_the_day_is_counted_in_sweden() -> None:
    """Half past eleven in the evening, UTC, is already tomorrow here."""
    late = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)
    assert swedish_day(late) == date(2026, 3, 10)
    assert swedish_day(late.astimezone(timezone(timedelta(hours=-8)))) == date(2026, 3, 10)
    assert is_past_invoice(RegisteredInvoice(date(2026, 3, 10)), ACTIVE, ELNAT, now=late)


def test_a_time_without_a_zone_is_refused() -> None:
    """It could be any of two days."""
    with pytest.raises(ValueError, match="zone"):
        swedish_day(datetime(2026, 3, 9, 23, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 1, 15), -14, date(2024, 11, 15)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_months_end_where_the_month_ends(day: date, months: int, then: date) -> None:
    """The same day of the month, or its last."""
    assert months_from(day, months) == then


def test_both_answers_are_needed() -> None:
    """An invoice without a customer proves nothing, nor the other way round."""
    invoice = RegisteredInvoice(date(2026, 2, 1))
    assert proves(invoice, ACTIVE, ELNAT, Level.INVOICE, now=NOW)
    assert not proves(None, ACTIVE, ELNAT, Level.INVOICE, now=NOW)
    assert not proves(invoice, None, ELNAT, Level.INVOICE, now=NOW)
    assert not proves(invoice, replace(ACTIVE, protected=True), ELNAT, Level.INVOICE, now=NOW)


@pytest.mark.parametrize(
    ("second_holds", "given", "true"),
    [
        (None, Level.INVOICE, True),
        (None, Level.SECOND_ITEM, False),
        (False, Level.SECOND_ITEM, False),
        (True, Level.SECOND_ITEM, True),
    ],
)
def test_a_second_item_that_was_asked_for_must_hold(
    second_holds: bool | None, given: Level, *, true: bool
) -> None:
    """What the register does not know is not true."""
    invoice = RegisteredInvoice(date(2026, 2, 1), second_holds)
    assert proves(invoice, ACTIVE, ELNAT, given, now=NOW) is true
