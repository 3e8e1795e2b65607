"""The contract of `linking.newcomers.ports.Guards`."""

import asyncio

import pytest

from broker.storage import Retention, Storage
from linking.model import Customer, CustomerId
from linking.newcomers.ports import Bar
from tests.contracts.samples import DAY, NOW

PAPER = (b"n" * 32, b"d" * 32)
OTHER = (b"m" * 32, b"e" * 32)


@pytest.fixture
async def customer(storage: Storage) -> Customer:
    """A customer who was linked once."""
    return await storage.links.customer("elnat", "100423", proposed=CustomerId("c1"))


@pytest.mark.parametrize("number", ["100423", "999999", ""])
async def test_at_first_nothing_is_barred(
    storage: Storage, customer: Customer, number: str
) -> None:
    """Of no number, known or not."""
    assert await storage.guards.bar("elnat", number, PAPER) == Bar()
    assert await storage.guards.bar("elnat", number, ()) == Bar()
    assert await storage.guards.since("elnat", number) is None


async def test_a_guarded_customer_is_barred_with_every_paper(
    storage: Storage, customer: Customer
) -> None:
    """Only this customer, of only this company."""
    await storage.guards.guard(customer.id, PAPER, at=NOW)
    assert await storage.guards.bar("elnat", "100423", PAPER) == Bar(NOW, is_burned=True)
    for papers in (OTHER, ()):
        assert await storage.guards.bar("elnat", "100423", papers) == Bar(NOW)
    assert await storage.guards.bar("varme", "100423", PAPER) == Bar()
    assert await storage.guards.bar("elnat", "100424", PAPER) == Bar()
    assert await storage.guards.since("elnat", "100423") == NOW


async def test_guarded_twice_is_guarded_since_the_later_time(
    storage: Storage, customer: Customer
) -> None:
    """Whichever was said first: the number may have passed on in between. Both papers burn."""
    await storage.guards.guard(customer.id, PAPER, at=NOW)
    await storage.guards.guard(customer.id, OTHER, at=NOW + DAY)
    assert await storage.guards.since("elnat", "100423") == NOW + DAY
    await storage.guards.guard(customer.id, OTHER, at=NOW)
    assert await storage.guards.since("elnat", "100423") == NOW + DAY
    await storage.guards.lift(customer.id)
    assert await storage.guards.bar("elnat", "100423", OTHER) == Bar(None, is_burned=True)


async def test_lifted_what_was_burned_stays_burned(storage: Storage, customer: Customer) -> None:
    """Either tag of the paper is enough."""
    await storage.guards.guard(customer.id, PAPER, at=NOW)
    assert await storage.guards.lift(customer.id)
    assert await storage.guards.since("elnat", "100423") is None
    assert await storage.guards.bar("elnat", "100423", OTHER) == Bar()
    for tag in PAPER:
        bar = await storage.guards.bar("elnat", "100423", (OTHER[0], tag))
        assert bar == Bar(None, is_burned=True)


async def test_who_is_not_guarded_is_not_lifted(storage: Storage, customer: Customer) -> None:
    """Of several at a time one has lifted it."""
    assert not await storage.guards.lift(customer.id)
    await storage.guards.guard(customer.id, PAPER, at=NOW)
    lifted = await asyncio.gather(*(storage.guards.lift(customer.id) for _ in range(5)))
    assert sorted(lifted) == [False] * 4 + [True]


async def test_another_number_changes_nothing(storage: Storage, customer: Customer) -> None:
    """A new billing system renumbers customers; the guard is theirs."""
    await storage.guards.guard(customer.id, PAPER, at=NOW)
    await storage.numbers.change({customer.id: "700423"})
    assert await storage.guards.bar("elnat", "700423", PAPER) == Bar(NOW, is_burned=True)
    assert await storage.guards.bar("elnat", "100423", PAPER) == Bar()


async def test_guards_do_not_age_and_papers_do(storage: Storage, customer: Customer) -> None:
    """After three years an invoice proves nothing anyway."""
    await storage.guards.guard(customer.id, PAPER, at=NOW)
    await storage.purge(NOW + 3 * 366 * DAY, Retention())
    assert await storage.guards.since("elnat", "100423") == NOW
    await storage.guards.lift(customer.id)
    assert await storage.guards.bar("elnat", "100423", PAPER) == Bar()


async def test_three_years_are_not_over_a_day_before(storage: Storage, customer: Customer) -> None:
    """The longest that can be configured is 36 months."""
    await storage.guards.guard(customer.id, PAPER, at=NOW)
    await storage.guards.lift(customer.id)
    await storage.purge(NOW + (3 * 366 - 1) * DAY, Retention())
    assert await storage.guards.bar("elnat", "100423", PAPER) == Bar(None, is_burned=True)
