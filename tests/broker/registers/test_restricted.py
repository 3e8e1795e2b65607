"""Customers who are closed, deceased or protected and drop out of the export."""

from datetime import date, timedelta

import pytest

from broker.registers import restricted
from broker.registers.guards import Objection
from broker.registers.importing import CompanyCount, Imported, ImportRefused
from linking.entries import actions_left
from linking.model import Contact, CustomerStatus
from linking.scopes import VIEW
from tests.broker.registers.desk import Desk, customer, invoice

TODAY = date(2026, 11, 23)


def households(count: int) -> str:
    """So many active customers beside those whom a test is about."""
    return "".join(customer(str(200_000 + place)) for place in range(count))


async def imported(desk: Desk, customers: str, *files: str, **mode: bool) -> CompanyCount:
    """The counts of an import that was not refused."""
    outcome = await desk.run(customers, *files, **mode)
    assert isinstance(outcome, Imported)
    return outcome.companies[0]


def refusals(outcome: object) -> list[Objection]:
    """What a refused import was refused for."""
    assert isinstance(outcome, ImportRefused)
    return [one.objection for one in outcome.objections]


async def actions(desk: Desk, number: str) -> tuple[str, ...]:
    """What who is linked to this customer may do now."""
    standing = await desk.register.standing("elnat", number)
    return actions_left(("account:write", *VIEW), standing, desk.companies["elnat"], now=desk.now)


@pytest.mark.parametrize(
    ("row", "left"),
    [({"status": "deceased"}, ()), ({"protected": "1"}, ()), ({"status": "closed"}, VIEW)],
    ids=str,
)
async def test_who_vanishes_gets_nothing_back(
    desk: Desk, row: dict[str, str], left: tuple[str, ...]
) -> None:
    """Billing systems drop old customers: what they may do stays as it was, import after import."""
    await imported(desk, households(99) + customer("100423", **row))
    for _ in range(3):
        desk.now += timedelta(days=1)
        assert (await imported(desk, households(99))).carried == 1
        assert await actions(desk, "100423") == left
    desk.now += timedelta(days=365 * 10)
    await imported(desk, households(99))
    assert await actions(desk, "100423") == ()


async def test_reading_ends_as_many_months_after_the_first_day(desk: Desk) -> None:
    """A closed customer's day is kept, however often the row has been carried over since."""
    await imported(desk, households(99) + customer("100423", status="closed"))
    desk.now += timedelta(days=30)
    await imported(desk, households(99))
    standing = await desk.register.standing("elnat", "100423")
    assert standing is not None
    assert (standing.status, standing.status_since) == (CustomerStatus.CLOSED, TODAY)


async def test_who_is_carried_over_leaves_contact_and_evidence_behind(desk: Desk) -> None:
    """The billing system has let the person go, and so do we, except for what restricts access."""
    gone = customer("100423", status="deceased")
    await imported(desk, households(99) + gone, invoice("100423", "4711023"))
    rows = invoice("100423", "4711023"), "elnat;100423;735999;Hemma\n"
    count = await imported(desk, households(99), *rows, force=True)
    assert (count.proving, count.facilities, len(desk.findings)) == (0, 0, 2)
    assert await desk.register.find_invoice("elnat", "100423", "4711023") is None
    assert await desk.register.contact("elnat", "100423") == Contact()
    kept = desk.index.customer_rows[desk.index.pointer["elnat"]]
    (carried,) = (row for row in kept.values() if row.status == "deceased")
    assert (carried.contact_tag, carried.sealed_previous_contact) == (b"", b"")


async def test_who_comes_back_is_what_the_export_says(desk: Desk) -> None:
    """Marked by mistake, gone, and back as active: a change of standing, with a new contact."""
    await imported(desk, households(100) + customer("100423", status="deceased"))
    await imported(desk, households(100))
    desk.now += timedelta(days=1)
    count = await imported(desk, households(100) + customer("100423"))
    assert (count.carried, count.standings_changed) == (0, 1)
    assert await actions(desk, "100423") == ("account:write", *VIEW)
    contact = await desk.register.contact("elnat", "100423")
    assert contact is not None
    assert contact.changed_on == TODAY + timedelta(days=1)


async def test_a_row_that_cannot_be_read_restores_nothing(desk: Desk) -> None:
    """Left out as a bad row is missing too."""
    await imported(desk, households(99) + customer("100423", protected="1"))
    await imported(desk, households(99) + customer("100423", protected="ja"))
    assert await actions(desk, "100423") == ()


async def test_who_is_carried_over_does_not_hide_that_an_export_shrinks(desk: Desk) -> None:
    """Exports are compared with exports: six in a hundred are missing, whatever they were."""
    closed = "".join(customer(str(100_000 + place), status="closed") for place in range(6))
    await imported(desk, households(94) + closed)
    assert refusals(await desk.run(households(94))) == [Objection.SHRINKS]


async def test_who_is_carried_over_does_not_make_later_exports_look_small(desk: Desk) -> None:
    """The closed ones are long gone from the export that the next one is compared with."""
    closed = "".join(customer(str(100_000 + place), status="closed") for place in range(5))
    await imported(desk, households(95) + closed)
    await imported(desk, households(95))
    count = await imported(desk, households(91))
    assert (count.customers_before, count.customers, count.carried) == (95, 91, 5)


async def test_taking_back_keeps_who_was_carried_over(desk: Desk) -> None:
    """Two exports without the customer, the later one taken back."""
    await imported(desk, households(99) + customer("100423", status="deceased"))
    await imported(desk, households(99))
    await imported(desk, households(99))
    await desk.take_back()
    assert await actions(desk, "100423") == ()


async def test_a_new_pepper_cannot_carry_them_over(desk: Desk) -> None:
    """Their numbers are nowhere to hash anew, so it is refused, whether or not the old one is."""
    await imported(desk, households(99) + customer("100423", status="deceased"))
    desk.peppers["2027"] = bytes(32)
    assert refusals(await desk.run(households(99))) == [Objection.RESTRICTED_LOST]
    assert isinstance(await desk.run(households(99), dry_run=True, force=True), Imported)
    del desk.peppers["2026"]
    assert refusals(await desk.run(households(99))) == [
        Objection.PEPPER_GONE,
        Objection.RESTRICTED_LOST,
    ]


async def test_a_new_pepper_takes_an_export_that_has_them_all(desk: Desk) -> None:
    """A repeated row makes up for nobody who is missing."""
    one, two = customer("100423", status="deceased"), customer("100424", protected="1")
    await imported(desk, households(98) + one + two)
    desk.peppers["2027"] = bytes(32)
    assert refusals(await desk.run(households(98) + one + one)) == [Objection.RESTRICTED_LOST]
    await imported(desk, households(98) + one + two)
    assert await actions(desk, "100423") == ()


async def test_many_are_carried_over_in_batches(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is lost or doubled at the edge of a batch."""
    monkeypatch.setattr(restricted, "BATCH", 3)
    gone = "".join(customer(str(100_000 + place), status="closed") for place in range(10))
    await imported(desk, households(5) + gone)
    count = await imported(desk, households(5) + customer("100004", status="closed"), force=True)
    assert (count.customers, count.carried) == (6, 9)
    assert len(desk.index.customer_rows[desk.index.pointer["elnat"]]) == 15
